"""SQL's own lambdas, structs and casts in text."""


def model(dbt, session):
    events = dbt.ref("events").where("size(tags) > 0 or props['page'] is not null")
    return events.selectExpr(
        "event_id",
        "transform(scores, x -> x + 1) as more",
        "filter(tags, t -> t <> 'a') as others",
        "device.os as os",
        "named_struct('os', device.os, 'n', size(scores)) as packed",
        "get_json_object(payload, '$.x') as x",
        "date(happened_at) as on_day",
    )

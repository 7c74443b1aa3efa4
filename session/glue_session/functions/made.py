"""The project's functions (dbt's `functions/`) in a session: each is made once, before the first statement that calls it.

A function is an expression of its arguments, which Spark's analyser puts where the function is called. Of one in
SQL the expression is its body; of one in Python it is a call of a Python UDF, which gets its arguments by their declared types.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from glue_session.functions.python import aggregate, loaded, scalar
from glue_session.spark_errors import java_text, telling_cause
from glue_session.state import need_jvm, spark
from glue_session.texts import quote_name

# Spark makes a function of whatever is a Function1 of expressions, and there is none for a given expression: Spark's own
# compiler of Java makes one. It lives in the driver alone; what runs are Spark's own expressions.
_BUILDER = """
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedExtractValue;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LambdaFunction;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable;
import org.apache.spark.sql.types.StringType$;

public class ProjectFunction extends scala.runtime.AbstractFunction1 {
  final String name; final String[] names; final Expression[] casts; final Expression[] defaults;
  final boolean[] repeated; final Expression body; final Expression returned;

  public ProjectFunction(String name, String[] names, Expression[] casts, Expression[] defaults,
                         boolean[] repeated, Expression body, Expression returned) {
    this.name = name; this.names = names; this.casts = casts; this.defaults = defaults;
    this.repeated = repeated; this.body = body; this.returned = returned;
  }

  public Object apply(Object given) {
    scala.collection.Seq arguments = (scala.collection.Seq) given;
    Expression[] values = new Expression[names.length];
    int fewest = 0;
    for (int n = 0; n < names.length; n++) if (defaults[n] == null) fewest = n + 1;
    if (arguments.length() < fewest || arguments.length() > names.length) {
      String most = fewest == names.length ? "" : " to " + names.length;
      throw new RuntimeException("the function " + name + " takes " + fewest + most
        + (names.length == 1 ? " argument" : " arguments") + ", and is called with " + arguments.length());
    }
    for (int n = 0; n < names.length; n++) {
      Expression value = n < arguments.length() ? (Expression) arguments.apply(n) : defaults[n];
      if (repeated[n] && n < arguments.length() && !value.deterministic())
        throw new RuntimeException("the function " + name + " reads its argument " + names[n] + " more than once, and "
          + value.sql() + " may have another value each time: give the value a name in a subquery first");
      values[n] = put(casts[n], "argument", value);
    }
    return put(returned, "argument", (Expression) new Put(names, values).apply(body));
  }

  static Expression put(Expression where, String name, Expression value) {
    return (Expression) new Put(new String[] {name}, new Expression[] {value}).apply(where);
  }

  /* Puts values where their names stand; a name that a lambda gives to its own is the lambda's, in it. */
  public static class Put extends scala.runtime.AbstractFunction1 {
    final String[] names; final Expression[] values;
    Put(String[] names, Expression[] values) { this.names = names; this.values = values; }

    public Object apply(Object node) {
      if (node instanceof UnresolvedAttribute) return named(node, ((UnresolvedAttribute) node).nameParts());
      if (node instanceof UnresolvedNamedLambdaVariable)
        return named(node, ((UnresolvedNamedLambdaVariable) node).nameParts());
      if (node instanceof LambdaFunction) return ((Expression) node).mapChildren(without((LambdaFunction) node));
      return ((Expression) node).mapChildren(this);
    }

    Object named(Object node, scala.collection.Seq parts) {
      int at = place(parts);
      if (at < 0) return node;
      Expression found = values[at];
      for (int n = 1; n < parts.length(); n++)
        found = new UnresolvedExtractValue(found, Literal.create((String) parts.apply(n), StringType$.MODULE$));
      return found;
    }

    int place(scala.collection.Seq parts) {
      String first = (String) parts.apply(0);
      for (int n = 0; n < names.length; n++) if (first.equalsIgnoreCase(names[n])) return n;
      return -1;
    }

    Put without(LambdaFunction lambda) {
      String[] left = (String[]) names.clone();
      for (int n = 0; n < lambda.arguments().length(); n++) {
        Object own = lambda.arguments().apply(n);
        int at = own instanceof UnresolvedNamedLambdaVariable
          ? place(((UnresolvedNamedLambdaVariable) own).nameParts()) : -1;
        if (at >= 0) left[at] = null;
      }
      return new Put(left, values);
    }
  }
}
"""

_QUERY = re.compile(r"(?:\s|--[^\n]*\n|/\*.*?\*/)*(?:select|with)\b", re.IGNORECASE | re.DOTALL)

_made: dict[str, str] = {}
_builders: list[Any] = []


class FunctionRefused(Exception):
    """A function that cannot be made: the message says which, and why."""


def make_functions(definitions: list[dict[str, Any]]) -> list[str]:
    """Makes the functions that the session has not yet, or has otherwise; returns what is to be told of them.

    Raises FunctionRefused for one that Spark or Python cannot have.
    """
    warnings: list[str] = []
    for definition in definitions:
        name = str(definition["name"])
        if _made.get(name.lower()) == definition["digest"]:
            continue
        try:
            warnings += _make(definition)
        except Exception as error:
            raise FunctionRefused(
                f"the function {name} ({definition['path']}): {_reason(error)}"
            ) from error
        _made[name.lower()] = definition["digest"]
    return warnings


def _reason(error: Exception) -> str:
    java = telling_cause(error)
    text = java_text(java) if java is not None else str(getattr(error, "desc", None) or error)
    if java is None and not isinstance(error, FunctionRefused) and not hasattr(error, "desc"):
        text = f"{type(error).__name__}: {text}"
    return text.split("\n\nJVM stacktrace:", 1)[0].strip()


def _make(definition: dict[str, Any]) -> list[str]:
    name = str(definition["name"])
    need_jvm("functions of a project are Spark's own expressions")
    jvm = spark().sparkContext._jvm
    catalog = spark()._jsparkSession.sessionState().catalog()
    if catalog.isBuiltinFunction(jvm.org.apache.spark.sql.catalyst.FunctionIdentifier.apply(name)):
        raise FunctionRefused(
            "Spark has a function of this name, which SQL could not call any more: give yours another name"
        )
    arguments = definition["arguments"]
    casts = [_cast(f"the argument {each['name']}", each["type"]) for each in arguments]
    returned = _cast("what it returns", definition["returns"])
    warnings = []
    if definition["language"] == "python":
        warnings = _make_python(definition, returned.dataType().json())
        body = _parser().parseExpression(_call_of_python(definition))
    else:
        body = _expression(definition["body"])
    uses = _uses(body, [str(each["name"]) for each in arguments])
    _register(name, arguments, casts, uses, body, returned)
    return warnings


def _register(
    name: str,
    arguments: list[dict[str, Any]],
    casts: list[Any],
    uses: dict[str, int],
    body: Any,
    returned: Any,
) -> None:
    context = spark().sparkContext
    jvm, new_array = context._jvm, context._gateway.new_array
    expression = jvm.org.apache.spark.sql.catalyst.expressions.Expression
    count = len(arguments)
    names = new_array(jvm.java.lang.String, count)
    types, defaults = new_array(expression, count), new_array(expression, count)
    repeated = new_array(jvm.boolean, count)
    for place, each in enumerate(arguments):
        names[place] = str(each["name"])
        types[place] = casts[place]
        repeated[place] = uses[str(each["name"]).lower()] > 1
        if each["default"] is not None:
            defaults[place] = _parser().parseExpression(each["default"])
    given = new_array(jvm.java.lang.Object, 7)
    for place, value in enumerate((name, names, types, defaults, repeated, body, returned)):
        given[place] = value
    builder = _builder().newInstance(given)
    registry = spark()._jsparkSession.sessionState().functionRegistry()
    registry.createOrReplaceTempFunction(name, builder, "scala_udf")


def _builder() -> Any:
    """The constructor of ProjectFunction, whose class is compiled once."""
    if not _builders:
        jvm = spark().sparkContext._jvm
        compiler = jvm.org.codehaus.janino.SimpleCompiler()
        loader = jvm.java.lang.Thread.currentThread().getContextClassLoader()
        compiler.setParentClassLoader(loader)
        compiler.cook(_BUILDER)
        found = compiler.getClassLoader().loadClass("ProjectFunction")
        _builders.append(found.getDeclaredConstructors()[0])
    return _builders[0]


def _parser() -> Any:
    return spark()._jsparkSession.sessionState().sqlParser()


def _cast(what: str, data_type: str) -> Any:
    """The expression that makes `argument` of a type. Raises FunctionRefused where Spark has no such type."""
    try:
        _parser().parseDataType(data_type)  # nothing but a type: the text may go into an expression
    except Exception as error:
        raise FunctionRefused(
            f"{what} has the data_type {data_type!r}, which is no type of Spark's"
        ) from error
    return _parser().parseExpression(f"cast(argument as {data_type})")


def _expression(text: str) -> Any:
    """The expression that a body is: as it stands, or as the one column of a SELECT without FROM."""
    text = text.strip().rstrip(";").rstrip()
    if not text:
        raise FunctionRefused("its file is empty")
    if not _QUERY.match(text):
        return _parser().parseExpression(text)
    plan = _parser().parsePlan(text)
    if _class(plan) != "Project" or _class(plan.child()) != "OneRowRelation":
        raise FunctionRefused(
            "its body reads tables, or is more than one SELECT; a function of a session is an expression of its arguments"
        )
    if plan.projectList().length() != 1:
        raise FunctionRefused(
            f"its SELECT has {plan.projectList().length()} columns, a function returns one value"
        )
    column = plan.projectList().apply(0)
    return column.child() if _class(column) in ("Alias", "UnresolvedAlias") else column


def _uses(body: Any, names: list[str]) -> dict[str, int]:
    """How often the body reads each argument; what a lambda reads counts twice.

    Raises FunctionRefused for a name that is no argument, and for a query: they would be of the statement that calls.
    """
    counts = {name.lower(): 0 for name in names}
    if len(counts) < len(names):
        raise FunctionRefused(f"two of its arguments have one name: {', '.join(names)}")
    waiting: list[tuple[Any, int, frozenset[str]]] = [(body, 1, frozenset())]
    while waiting:
        node, weight, own = waiting.pop()
        kind = _class(node)
        if kind in ("UnresolvedAttribute", "UnresolvedNamedLambdaVariable"):
            first = str(node.nameParts().apply(0)).lower()
            if first in own:
                continue
            if first not in counts:
                known = ", ".join(names) or "none"
                raise FunctionRefused(
                    f"its body reads {first}, which is no argument of it: {known}"
                )
            counts[first] += weight
        elif kind.endswith("Star"):
            raise FunctionRefused("its body has a `*`, which is none of its arguments")
        elif kind in ("ScalarSubquery", "Exists", "InSubquery", "ListQuery"):
            raise FunctionRefused(
                "its body has a query in it; a function of a session is an expression of its arguments"
            )
        elif kind == "LambdaFunction":
            weight = 2
            own = own.union(
                str(each.nameParts().apply(0)).lower() for each in _items(node.arguments())
            )
        waiting += [(child, weight, own) for child in _items(node.children())]
    return counts


def _items(found: Any) -> list[Any]:
    """The items of a sequence of Scala's."""
    return [found.apply(place) for place in range(found.length())]


def _class(node: Any) -> str:
    return str(node.getClass().getSimpleName())


def _make_python(definition: dict[str, Any], returned: str) -> list[str]:
    """Registers the Python UDF that the function calls; tells where it was written for another Python."""
    from pyspark.sql.functions import udf
    from pyspark.sql.types import _parse_datatype_json_string

    name = str(definition["name"])
    entry = loaded(definition)
    made = aggregate if definition["kind"] == "aggregate" else scalar
    kind = _parse_datatype_json_string(returned)
    call = made(name, entry, kind.typeName(), kind.simpleString(), len(definition["arguments"]))
    function = udf(call, kind)
    if not definition["deterministic"]:
        function = function.asNondeterministic()
    spark().udf.register(_python_name(name), function)
    asked = str(definition["runtime_version"])
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    if asked == own:
        return []
    return [
        f"the function {name} ({definition['path']}) is for Python {asked} (`runtime_version`); this session's is {own}"
    ]


def _python_name(name: str) -> str:
    return f"{name}__python"


def _call_of_python(definition: dict[str, Any]) -> str:
    names = [quote_name(str(each["name"])) for each in definition["arguments"]]
    function = quote_name(_python_name(definition["name"]))
    if definition["kind"] != "aggregate":
        return f"{function}({', '.join(names)})"
    fields = [f"'_{place}', {name}" for place, name in enumerate(names)] or ["'_', 1"]
    return f"{function}(collect_list(named_struct({', '.join(fields)})))"

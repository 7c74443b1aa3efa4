def page(text, kept, judged, repositories):
    return text

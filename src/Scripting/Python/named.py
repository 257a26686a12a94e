# Comes behind the modules of a window that calls functions by the names of their parameters. What a function gives is named in its
# documentation, as in "Output: a, b".
def __named_call__(data, context):
    import inspect
    import re
    name = __functions__.get(context["input"], __functions__.get(""))
    if name is None:
        return None
    function = globals().get(name)
    if not callable(function):
        raise NameError("There is no function '%s'." % name)
    result = function(*[data.get(p) for p in inspect.signature(function).parameters])
    if result is None or isinstance(result, dict):
        return result
    found = re.search(r"Outputs?\s*:\s*([^\n\"']*)", function.__doc__ or "")
    names = [n.strip() for n in found.group(1).split(",") if n.strip()] if found else []
    values = result if isinstance(result, (tuple, list)) and len(names) != 1 else [result]
    return dict(zip(names, values))

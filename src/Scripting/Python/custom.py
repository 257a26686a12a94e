# Comes before the code of a custom window: the names of the script to and from those of fields.
def __custom_init__():
    if callable(globals().get("init")):
        init(__settings)


def __custom_create__(data, context):
    given = dict(data)
    given.update({name: data.get(field) for name, field in __input.items()})
    return __custom_rename__(create(given, context))


def __custom_heartbeat__(context):
    if callable(globals().get("heartbeat")):
        return __custom_rename__(heartbeat(context))


def __custom_rename__(made):
    if isinstance(made, (list, tuple)):
        return [__custom_rename__(event) for event in made]
    if not isinstance(made, dict):
        return made
    event = {name: value for name, value in made.items() if name not in __output}
    event.update({field: made[name] for name, field in __output.items() if name in made})
    return event

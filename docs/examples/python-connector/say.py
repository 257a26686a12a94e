def subscribe(events, context):
    for event in events:
        print(f"{context['window']}: {event['_opcode']} {event['n']} {event['square']}")

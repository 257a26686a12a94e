namespace Lockstep.Engine.Functions;

/// <summary>The event at hand, and random values that every member of a group draws alike.</summary>
internal static class EventFunctions
{
    /// <summary>The functions.</summary>
    public static FunctionGroup Group { get; } = new("Event",
    [
        new("eventCounter", "", "running number of the window's events, deletes not counted, from 1", "eventCounter()", "1",
            static (_, f) => Variant.Of(f.EventCounter)) { IsPure = false },
        new("eventNumber", "", "number of this call within one input event, going on over event loops, from 0", "eventNumber()", "0",
            static (_, f) => Variant.Of(f.NextEventNumber())) { IsPure = false },
        new("eventTimestamp", "", "stream time of the step in microseconds", "eventTimestamp()", "1714979289000000",
            static (_, f) => Variant.Of(f.Now)) { IsPure = false },
        new("input", "", "name of the window that the event comes from", "input()", "source",
            static (_, f) => Variant.Of(f.InputName)) { IsPure = false },
        new("random", "low, high", "a real number from low up to high, by the step", "random(2,2)", "2", Random) { IsPure = false },
        new("guid", "", "a new identifier, by the step", "stringLength(guid())", "36", static (_, f) => Variant.Of(
            new Guid((int)f.Draw(), (short)f.Draw(), (short)f.Draw(), BitConverter.GetBytes(f.Draw())).ToString())) { IsPure = false },
    ]);

    private static Variant Random(FunctionNode[] arguments, FunctionFrame frame)
    {
        var (low, high) = (arguments[0].Evaluate(frame).ToReal(), arguments[1].Evaluate(frame).ToReal());
        var unit = (frame.Draw() >> 11) * (1.0 / (1UL << 53));
        return Variant.Of(low + ((high - low) * unit));
    }
}

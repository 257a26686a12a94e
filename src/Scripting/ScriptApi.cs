namespace Lockstep.Scripting;

/// <summary>What scripts ask the host for, by name.</summary>
internal sealed class ScriptApi(ScriptSource source, ScriptClock clock, IScriptHost host)
{
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>
    /// True: the script is loaded again to get a state back; what its loading did to others has been done, and is theirs to keep.
    /// </summary>
    public bool IsRepeat { get; set; }

    /// <exception cref="ScriptException">The script gets it as an error.</exception>
    public object? Invoke(string name, object?[] arguments)
    {
        if (IsRepeat && name is "log" or "setProperty" or "listen" or "inject" or "injectCsv" or "publish" or "http" or "sleep")
        {
            return true;
        }

        object? At(int i) => i < arguments.Length ? arguments[i] : null;
        switch (name)
        {
            case "draw": return (long)clock.Draw();
            case "now": return clock.Now;
            case "log": host.Log(At(0) as string ?? "info", ScriptText.Of(At(1))); return null;
            case "json": return LenientJson.Parse(ScriptText.Of(At(0)));
            case "jsonFrom": return host.FieldOf(ScriptText.Of(At(0))) is { } text ? LenientJson.Parse(ScriptText.Of(text)) : null;
            case "toString": return ScriptText.Of(At(0));
            case "parseDate": return ScriptTimes.Parse(ScriptText.Of(At(0)), At(1) as string ?? "%Y-%m-%d %H:%M:%S");
            case "date": return ScriptTimes.Format(At(0) as string ?? "%c", At(1));
            case "time": return ScriptTimes.OfParts(arguments);
            case "getenv": return source.Grants.Environment.GetValueOrDefault(ScriptText.Of(At(0)));
            case "guids": return ScriptTimes.Guids(clock, At(0));
            case "module": return source.ModuleOf(ScriptText.Of(At(0)));
            case "inject": return host.Inject(At(0), Option(At(1), "opcode"));
            case "injectCsv": return host.Inject(ScriptCsv.Events(ScriptText.Of(At(0)), host.InjectSchema), Option(At(1), "opcode"));
            case "sleep": host.Sleep(SleepOf(At(0))); return true;
            case "setProperty": host.SetProperty(NameOf(At(0)), ScriptValues.Ordered(At(1))); return true;
            case "getProperty": return host.PropertyOf(NameOf(At(0)));
            case "listen": host.Listen(NameOf(At(0))); return true;
            case "subscribe": return Subscribe(At(0), isOn: true);
            case "unsubscribe": return Subscribe(At(0), isOn: false);
            case "http":
                return host.IsRunning ? ScriptHttp.Send(source, At(0))
                : throw new ScriptException($"'{source.Name}' calls esp_sendHttp while it is loaded: it can once the project runs.");
            case "query": return Query(At(0));
            case "publish": Publish(At(0)); return true;
            default: Unknown(ScriptText.Of(At(0))); return null;
        }
    }

    private string Subscribe(object? options, bool isOn)
    {
        var (window, query) = WindowOf(options);
        return host.Subscribe(window, query, IsRepeat ? null : isOn);
    }

    private static string NameOf(object? name) =>
        name is string { Length: > 0 } text ? text : throw new ScriptException("The property needs a name.");

    private static TimeSpan SleepOf(object? ms) =>
        TimeSpan.FromMilliseconds(Math.Clamp(ms switch { long whole => whole, double real => real, _ => 0.0 }, 0, 3_600_000));

    private Dictionary<string, object?> Query(object? options)
    {
        var (window, query) = WindowOf(options);
        var events = host.Query(window, query) ?? throw new ScriptException($"Window '{window}' holds no events that can be queried.");
        return new Dictionary<string, object?>(StringComparer.Ordinal) { ["events"] = events };
    }

    private void Publish(object? options)
    {
        var (window, query) = WindowOf(options);
        host.Publish(window, query, ((Dictionary<string, object?>)options!).GetValueOrDefault("events"));
    }

    private static (string Window, string? Query) WindowOf(object? options)
    {
        if (options is string name)
        {
            options = new Dictionary<string, object?>(StringComparer.Ordinal) { ["window"] = name };
        }

        var text = Option(options, "window") ?? throw new ScriptException("The options need a window.");
        var parts = text.Split('/');
        return (parts[^1], parts.Length > 1 ? parts[^2] : Option(options, "contquery"));
    }

    private static string? Option(object? options, string name) =>
        options is Dictionary<string, object?> map && map.GetValueOrDefault(name) is { } value ? ScriptText.Of(value) : null;

    private void Unknown(string name)
    {
        if (_unknown.Add(name))
        {
            host.Log("warn", $"Function {name} does nothing here and gives nil.");
        }
    }
}

using System.Collections.Immutable;

namespace Lockstep.Contracts.Projects;

/// <summary>The kinds themselves.</summary>
public static partial class WindowTable
{
    // Parts that several kinds have stand in this file and before the kinds: static fields are set in this order.
    private static readonly WindowPart Initializer = new("expr-initialize", "variables and functions of the expressions");

    private static readonly WindowPart Database = new("statedb", "the database: `type` memory or redis, `hostname` and so on");

    private static readonly WindowPart Retention = new(
        "retention", "lets rows go: `type` bytime_sliding, bytime_jumping, bytime_jumping_lookback, bycount_sliding or bycount_jumping, "
        + "`field` for the clock of a field, and the limit as text");

    private static readonly ImmutableArray<WindowPart> Maps =
    [
        new("parameters", "properties of the algorithm"), new("input-map", "fields for the roles of the algorithm"),
    ];

    private static readonly WindowPart OutputMap = new("output-map", "fields that take the algorithm's results");

    private static readonly ImmutableArray<WindowPart> ScriptAttributes =
    [
        new("events", "function that is called for each event; required"), new("init", "function that is called once"),
        new("require", "modules of the project whose code comes first"), new("heartbeat", "function that is called at each heartbeat"),
        new("process-blocks", "true: called once a block with a list of events; false"),
    ];

    private static readonly ImmutableArray<WindowPart> ScriptElements =
    [
        new("copy", "fields that are copied when the script does not set them; all without it"),
        new("use", "fields that the script is given; all without it"),
        new("code", "the script, or `file` with its path"), new("forwarding", "source windows that the events are published into as well"),
    ];

    /// <summary>All kinds that run, simple ones first.</summary>
    public static ImmutableArray<WindowKindEntry> All { get; } =
    [
        new("source", "Takes events from connectors and publishers, checks them and makes keys.", "", "windows")
        {
            Attributes =
            [
                new("insert-only", "true: every event is an insert; false"),
                new("autogen-key", "true: the window makes the key, int64 from 0 or text; false"),
            ],
            Elements = [Retention],
        },
        new("copy", "Passes events on; with an index it resolves opcodes by key, and lets rows go by its retention.", "", "windows")
        {
            Elements = [Retention],
        },
        new("filter", "Passes events for which an expression or a script is true.", "expressions", "windows")
        {
            Attributes =
            [
                new("func", "function of a script; filter"),
                new("init", "function of a script that is called once"),
                new("require", "modules of the project for a script"),
            ],
            Elements =
            [
                new("expression", "the condition"), Initializer, new("use", "fields that a script is given"),
                new("code", "a script instead of the expression"),
            ],
        },
        new("compute", "Computes the fields that are no keys, one expression each.", "expressions", "expressions")
        {
            Elements = [new("output", "`field-expr`, one a field that is no key, in order"), Initializer],
        },
        new("functional", "Computes fields by functions, and makes several events of a document.", "functional", "functional")
        {
            Elements =
            [
                new("function-context", "properties, regular expressions and functions"),
                new("generate", "function: false makes no plain event"),
                new("opcode", "function that gives the opcode"), new("event-loops", "one event for each part of XML, JSON or text"),
            ],
        },
        new("calculate", "Runs an algorithm over the stream, or the Python functions of mas-modules.", "calculate", "calculate")
        {
            Attributes = [new("algorithm", "name of the algorithm; required")],
            Elements = [.. Maps, OutputMap, new("mas-map", "functions, for algorithm MAS")],
        },
        new("procedural", "Calls Python functions of mas-modules; C++ and DS2 are refused.", "scripts", "python")
        {
            Elements = [new("mas-map", "`window-map module function source`"), .. Maps, OutputMap],
        },
        new("aggregate", "Groups events by its keys and computes functions over each group.", "aggregate", "windows")
        {
            Elements = [new("output", "`field-expr`, one a field that is no key, in order"), Initializer],
        },
        new("join", "Pairs the rows of a left and a right input.", "join", "join")
        {
            Elements = [new("join", "type, conditions and what is kept"), new("output", "the fields that leave"), Initializer],
        },
        new("union", "Takes events of several windows with one schema together.", "", "windows")
        {
            Attributes = [new("strict", "false: an insert of a key that is there is an update, a delete of one that is not nothing; true")],
        },
        new("remove-state", "Makes inserts of all events, numbered, and drops some.", "", "windows")
        {
            Attributes =
            [
                new("remove", "words with blanks between: updates, deletes, retentionUpdates, retentionDeletes, updateBlockDeletes, inserts"),
                new("add-log-fields", "true: original opcode and flags as fields; false"),
            ],
        },
        new("counter", "Counts the events of each input, in all and an interval.", "", "windows")
        {
            Attributes = [new("count-interval", "how often an event leaves; 1 second"),
            new("clear-interval", "totals begin anew after so long without events; never")],
        },
        new("transpose", "Makes columns of rows, or rows of columns.", "transpose", "transpose")
        {
            Attributes =
            [
                new("mode", "wide or long; required"),
                new("tag-name", "field with the tag; required"),
                new("tags-included", "the tags, with commas; required"),
                new("tag-values", "fields with values, with commas; required"), new("group-by", "fields that part groups"),
                new("clear-timeout", "values of a group are forgotten after so long; never"),
            ],
        },
        new("pattern", "Finds sequences of events.", "pattern", "pattern")
        {
            Elements = [new("patterns", "one or more `pattern`: events, logic, output")],
        },
        new("geofence", "Finds the areas that positions are in or near to.", "geofence", "geofence")
        {
            Elements =
            [
                new("geofence", "how distances are computed"),
                new("geometry", "fields of the areas"),
                new("position", "fields of the positions"),
                new("output", "fields that take the results"),
            ],
        },
        new("notification", "Sends mail and text messages made of events.", "notification", "notification")
        {
            Elements =
            [
                new("smtp", "the mail server"), new("function-context", "functions whose results are used in texts"),
                new("delivery-channels", "`email`, `sms` and `mms`"),
            ],
        },
        new("lua", "Makes events by a function in Lua.", "scripts", "lua") { Attributes = ScriptAttributes, Elements = ScriptElements },
        new("python", "Makes events by a function in Python.", "scripts", "python") { Attributes = ScriptAttributes, Elements = ScriptElements },
        new("custom", "Runs a kind of window of one's own, a script with maps and settings.", "scripts", "custom")
        {
            Attributes = [new("type", "name of the kind"), new("version", "its version")],
            Elements = [new("plugin", "`code` with the path of the script; `input-map`, `output-map`, `initialization`")],
        },
        new("train", "Learns a model from the stream.", "score", "models")
        {
            Attributes = [new("algorithm", "name of the algorithm; required")],
            Elements = Maps,
        },
        new("score", "Scores events by models that train windows learn or that files hold.", "score", "onnx")
        {
            Elements = [new("models", "`online algorithm` or `offline model-type` with its maps")],
        },
        new("model-reader", "Loads models of files for score windows: ONNX; other types are refused.", "score", "onnx")
        {
            Attributes = [new("model-type", "onnx; required"), new("warmup-steps", "no effect here")],
            Elements =
            [
                new("parameters", "`reference` with the path of the file, `action` load, `type` onnx, `execProvider` CPU"),
                new("processing-steps", "refused: compute inputs in windows in front"), new("warmup-steps", "no effect here"),
            ],
        },
        new("statedb-writer", "Stores the newest row of each key under a prefix, for statedb-readers and for others.", "statedb", "statedb")
        {
            Elements = [Database, new("write", "`prefix`, `ttl`, `secondary-indexes`"), new("output", "`field-selection name db-name`; all fields")],
        },
        new("statedb-reader", "Looks up rows that statedb-writers stored.", "statedb", "statedb")
        {
            Elements =
            [
                Database, new("query", "`prefix` and `query`, as in `field==DBFIELD`"),
                new("output", "`field-selection source name aggregate`, with the source input or query"),
            ],
        },
        new("object-tracker", "Gives objects found in frames numbers that last from frame to frame.", "object-tracker", "tracker")
        {
            Elements = [new("tracker", "method and its numbers"), new("output", "the fields that are added"), new("input", "fields of the objects")],
        },
        new("model-supervisor", "Keeps the newest models of train and model-reader windows and hands them to score windows.", "score", "supervisor")
        {
            Attributes =
            [
                new("deployment-policy", "immediate: a model is handed on as it comes; on-demand: when a request asks for it; immediate"),
                new("capacity", "models that are kept, 1 to 1000; 10"),
            ],
        },
    ];
}

using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Connectors;
using Lockstep.Contracts.Api;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.State.Migration;

namespace Lockstep.Engine.Worker.Options;

/// <summary>
/// Reads the command line: <c>run MODEL</c> or <c>validate MODEL</c> with options as <c>--name value</c> or
/// <c>--name=value</c>, in any order. All errors come back together. A parser of its own, since the few rules here are
/// fewer lines than a package's set-up, and a worker's start is counted in milliseconds.
/// </summary>
internal sealed class WorkerArguments
{
    /// <summary>Printed on --help and after an error.</summary>
    public const string Usage = """
        Usage:
          run MODEL.xml [options]         runs a project
          validate MODEL.xml [options]    prints every problem of a model; exit code 0 when it can run, else 1
          diagram MODEL.xml [--out FILE]  draws the windows and edges of a model as SVG, to standard output without --out

        Options of both:
          --set NAME=VALUE          value of the placeholder @NAME@; may be repeated
          --map-host A=B            host A or host:port A of the model is B; may be repeated
          --map-path A=B            paths of the model that begin with A begin with B; may be repeated
          --model-files DIR         folder whose files the model may read: code of scripts, word vectors, ONNX models; may be repeated
          --granted-files-only      not from the current folder, the model's and those of --map-path, only from folders of --model-files
          --kafka HOSTS             Kafka brokers, instead of every host the model names
          --zookeeper HOSTS         ZooKeeper servers, instead of every host the model names

        Options of validate:
          --json                    problems as a JSON array

        Options of run:
          --out DIR                 writes every event of each window to DIR/CONTQUERY.WINDOW.csv
          --events WINDOW=FILE      publishes a csv, xml or json file into a source window ([CONTQUERY/]WINDOW) before the model's own
                                    publishers start; may be repeated, files go in the order given, each through the whole project
          --header N                of the file of the --events before it: first lines to skip
          --dateformat F            of that file: format of dates and stamps, as %Y-%m-%d %H:%M:%S
          --no-connectors           the model's own connectors are neither checked nor started
          --until-finished          end when every publisher has finished
          --linger TIME             with --until-finished: timers go on so long after that, as 35s or 500ms; else as counters need
          --group G                 name of the deployed group: part of znode path and transactional id
          --member M                name of this member; default PROJECT-PID
          --version V               version of the project, for status and records
          --data DIR                folder for snapshots
          --urls URL                where the status endpoint listens; default http://127.0.0.1:0
          --manager URL             manager to report to (key in LOCKSTEP_WORKER_KEY)
          --supervisor-socket PATH  Unix socket of the launcher
          --replication N           replicas of topics that are created
          --session-timeout-ms N    ZooKeeper session time-out of an engine; the ensemble grants at least two of its ticks
          --role shadow             may join a group that runs another version of the model; default member
          --former MODEL.xml        that version: its state is taken over from a snapshot; with --role shadow
          --start-empty WINDOW      contquery/window, or *: starts empty where no rule takes its state over; may be repeated
          --keep-state WINDOW       contquery/window, or *: keeps its state though what feeds it has changed; may be repeated
          --script-grant NAME       lets scripts of the model use files or network; given once for each
          --script-memory-mb N      memory that one script may hold; 256 without it
          --python PATH             the Python 3 of scripts; python3 in PATH without it
          --clock-offset-s N        for drills: the member's clock is N seconds ahead of the machine's, below zero for behind
        """;

    private readonly List<string> _errors = [];
    private readonly List<string> _positional = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly List<KeyValuePair<string, string>> _hosts = [];
    private readonly List<KeyValuePair<string, string>> _paths = [];
    private WorkerOptions _options = new() { Command = WorkerCommand.Run };
    private readonly List<string> _empty = [];
    private readonly List<string> _keep = [];
    private readonly List<EventFile> _events = [];
    private readonly List<string> _folders = [];
    private string? _kafka;
    private string? _zooKeeper;

    /// <summary>The options, or what is wrong with the command line.</summary>
    /// <param name="args">The arguments after the program's name.</param>
    /// <param name="environment">
    /// Variables; those that begin with <see cref="WorkerVariables.SettingPrefix"/> are as <c>--set</c>, which wins. Null: none.
    /// </param>
    public static (WorkerOptions? Options, IReadOnlyList<string> Errors) Parse(IReadOnlyList<string> args, IDictionary? environment = null)
    {
        if (args.Contains("--help") || args.Contains("-h"))
        {
            return (new WorkerOptions { Command = WorkerCommand.Help }, []);
        }

        var reader = new WorkerArguments();
        foreach (DictionaryEntry variable in environment ?? new Hashtable())
        {
            if ((string)variable.Key is var name && name.StartsWith(WorkerVariables.SettingPrefix, StringComparison.Ordinal)
                && name.Length > WorkerVariables.SettingPrefix.Length)
            {
                reader._settings[name[WorkerVariables.SettingPrefix.Length..]] = (string?)variable.Value ?? "";
            }
        }

        var options = reader.Read(args);
        return reader._errors.Count == 0 ? (options, []) : (null, reader._errors);
    }

    private WorkerOptions Read(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                _positional.Add(args[i]);
                continue;
            }

            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i] : args[i][..equals];
            if (TakeSwitch(name))
            {
                continue;
            }

            if (equals >= 0)
            {
                Take(name, args[i][(equals + 1)..]);
            }
            else if (i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                Take(name, args[++i]);
            }
            else
            {
                Take(name, null);
            }
        }

        TakePositional();
        if (!_options.IsShadow && (_options.Former is not null || _empty.Count + _keep.Count > 0))
        {
            _errors.Add("Options '--former', '--start-empty' and '--keep-state' need '--role shadow'.");
        }

        return _options with
        {
            Events = [.. _events],
            ModelFiles = [.. _folders],
            Choices = new MigrationChoices([.. _empty], [.. _keep]),
            Settings = _settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Substitutions = new Substitutions([.. _hosts], [.. _paths], _kafka, _zooKeeper),
        };
    }

    private void TakePositional()
    {
        var command = _positional.Count > 0 ? _positional[0] : "";
        WorkerCommand? known = command switch
        {
            "run" => WorkerCommand.Run,
            "validate" => WorkerCommand.Validate,
            "diagram" => WorkerCommand.Diagram,
            _ => null,
        };
        if (known is null)
        {
            _errors.Add(command.Length == 0
                ? "A command is missing: run, validate or diagram."
                : $"'{command}' is not a command: run, validate or diagram.");
            return;
        }

        _options = _options with { Command = known.Value };
        if (_positional.Count == 2)
        {
            _options = _options with { Model = _positional[1] };
            return;
        }

        _errors.Add(_positional.Count < 2
            ? "The model file is missing."
            : $"One model file is expected, but there is also '{_positional[2]}'.");
    }

    private bool TakeSwitch(string name)
    {
        switch (name)
        {
            case "--until-finished": _options = _options with { UntilFinished = true }; return true;
            case "--no-connectors": _options = _options with { NoConnectors = true }; return true;
            case "--granted-files-only": _options = _options with { GrantedFilesOnly = true }; return true;
            case "--json": _options = _options with { Json = true }; return true;
            default: return false;
        }
    }

    private void Take(string name, string? value)
    {
        if (!IsKnown(name))
        {
            _errors.Add($"Unknown option '{name}'.");
            return;
        }

        if (string.IsNullOrEmpty(value))
        {
            _errors.Add($"Option '{name}' needs a value.");
            return;
        }

        switch (name)
        {
            case "--set": TakePair(name, value, p => _settings[p.Key] = p.Value); break;
            case "--map-host": TakePair(name, value, _hosts.Add); break;
            case "--map-path": TakePair(name, value, _paths.Add); break;
            case "--model-files": _folders.Add(value); break;
            case "--kafka": _kafka = value; break;
            case "--zookeeper": _zooKeeper = value; break;
            case "--out": _options = _options with { Out = value }; break;
            case "--events": TakePair(name, value, p => _events.Add(new EventFile(p.Key, p.Value))); break;
            case "--header":
                TakeNumber(name, value, 0, int.MaxValue, "a number of lines",
                    _ => ChangeFile(name, f => f with { Header = value }));
                break;
            case "--dateformat": ChangeFile(name, f => f with { DateFormat = value }); break;
            case "--linger": TakeTime(name, value, t => _options = _options with { Linger = t }); break;
            case "--group": _options = _options with { Group = value }; break;
            case "--member": _options = _options with { Member = value }; break;
            case "--version": _options = _options with { Version = value }; break;
            case "--data": _options = _options with { DataFolder = value }; break;
            case "--urls": TakeUrl(name, value, _ => _options = _options with { Urls = value }); break;
            case "--manager": TakeUrl(name, value, u => _options = _options with { Manager = u }); break;
            case "--role": TakeRole(value); break;
            case "--former": _options = _options with { Former = value }; break;
            case "--start-empty": _empty.Add(value); break;
            case "--keep-state": _keep.Add(value); break;
            case "--clock-offset-s":
                TakeNumber(name, value, -86_400, 86_400, "a number of seconds from -86400 to 86400",
                    n => _options = _options with { ClockOffset = TimeSpan.FromSeconds(n) });
                break;
            case "--session-timeout-ms":
                TakeNumber(name, value, 100, 60_000, "a number from 100 to 60000",
                    n => _options = _options with { SessionTimeout = TimeSpan.FromMilliseconds(n) });
                break;
            case "--script-grant": TakeGrant(value); break;
            case "--script-memory-mb":
                TakeNumber(name, value, 8, 65_536, "a number from 8 to 65536",
                    n => _options = _options with { Scripts = _options.Scripts with { MemoryMb = (int)n } });
                break;
            case "--python": _options = _options with { Scripts = _options.Scripts with { Python = value } }; break;
            case "--supervisor-socket": _options = _options with { SupervisorSocket = value }; break;
            default:
                TakeNumber(name, value, 1, short.MaxValue, "a whole number above 0", n => _options = _options with { Replication = (short)n });
                break;
        }
    }

    private void TakeGrant(string value)
    {
        var scripts = _options.Scripts;
        _options = _options with { Scripts = scripts with { Files = scripts.Files || value == "files", Network = scripts.Network || value == "network" } };
        if (value is not ("files" or "network"))
        {
            _errors.Add($"Option '--script-grant' is '{value}'; it must be files or network.");
        }
    }

    private static bool IsKnown(string name) => name is "--set" or "--map-host" or "--map-path" or "--model-files" or "--kafka" or "--zookeeper"
        or "--group" or "--member" or "--version" or "--data" or "--urls" or "--manager" or "--supervisor-socket" or "--replication"
        or "--session-timeout-ms" or "--role" or "--former" or "--start-empty" or "--keep-state"
        or "--clock-offset-s" or "--out" or "--events" or "--header" or "--dateformat" or "--linger"
        or "--script-grant" or "--script-memory-mb" or "--python";

    /// <summary>Gives an option to the file that was named last.</summary>
    private void ChangeFile(string name, Func<EventFile, EventFile> change)
    {
        if (_events.Count == 0)
        {
            _errors.Add($"Option '{name}' stands behind the '--events' whose file it is about.");
            return;
        }

        _events[^1] = change(_events[^1]);
    }

    private void TakeTime(string name, string value, Action<TimeSpan> take)
    {
        if (DurationText.TryParse(value, out var time))
        {
            take(time);
            return;
        }

        _errors.Add($"Option '{name}': '{value}' is not a time, as 35s, 500ms or 2min.");
    }

    private void TakePair(string name, string value, Action<KeyValuePair<string, string>> take)
    {
        var equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            _errors.Add($"Option '{name}': '{value}' is not of the form A=B.");
            return;
        }

        take(new KeyValuePair<string, string>(value[..equals], value[(equals + 1)..]));
    }

    private void TakeUrl(string name, string value, Action<Uri> take)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            take(uri);
            return;
        }

        _errors.Add($"Option '{name}': '{value}' is not an http address.");
    }

    private void TakeRole(string value)
    {
        if (value is not ("member" or "shadow"))
        {
            _errors.Add($"Option '--role': '{value}' is not a role: member or shadow.");
        }

        _options = _options with { IsShadow = value == "shadow" };
    }

    private void TakeNumber(string name, string value, int least, int most, string what, Action<int> take)
    {
        var style = least < 0 ? NumberStyles.AllowLeadingSign : NumberStyles.None;
        if (int.TryParse(value, style, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            take(number);
            return;
        }

        _errors.Add($"Option '{name}': '{value}' is not {what}.");
    }
}

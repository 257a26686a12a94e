using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>Events of a log: each line is one, its parts go to the fields of their names. Parts without a field are left out.</summary>
/// <param name="stream">The file or connection; closed with the source.</param>
/// <param name="name">Names it in errors.</param>
/// <param name="schema">Schema of the events.</param>
/// <param name="options">Type of the log, and how its events become inserts or upserts.</param>
/// <param name="autogenKey">True when the engine makes the key.</param>
/// <param name="time">Gives the year of times that have none.</param>
internal sealed class LogEventSource(
    Stream stream, string name, Schema schema, FilePublisherOptions options, bool autogenKey, TimeProvider time) : INamedEventSource
{
    // Times are read here, in the forms that logs have.
    private readonly NamedEventReader _events = new(schema, options.Format with { DateFormat = null }, autogenKey);
    private readonly LineFile _file = new(stream, name);
    private readonly List<LogPart> _parts = [];
    private string _line = "";

    /// <inheritdoc/>
    public long Offset => _file.Offset;

    /// <inheritdoc/>
    public long Length => _file.Length;

    /// <inheritdoc/>
    public string Place => string.Create(CultureInfo.InvariantCulture, $":{_file.Line}");

    /// <inheritdoc/>
    public int Transaction => 0;

    /// <inheritdoc/>
    public bool Next(bool withinTransaction = false)
    {
        while (_file.TryRead(out var line) || (!options.Growing && _file.TakeRest(out line)))
        {
            _line = Encoding.UTF8.GetString(line).Trim();
            if (_line.Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public string? Append(EventBlock target)
    {
        _parts.Clear();
        var problem = options.FileType == FileType.Cef ? CefLine.Read(_line, options.CefSyslogPrefix, _parts) : SyslogLine.Read(_line, _parts);
        if (problem is not null)
        {
            return problem;
        }

        foreach (var part in _parts)
        {
            if (ValueOf(part) is not { } value)
            {
                return $"Part '{part.Name}' is no time: '{part.Value}'.";
            }

            _events.Set(part.Name, value);
        }

        return _events.Append(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        stream.Dispose();
    }

    /// <summary>The text of a value as its field reads it; null for what is no time where one must be.</summary>
    private string? ValueOf(LogPart part)
    {
        if (schema.IndexOf(part.Name) is not (>= 0 and var field) || schema.Fields[field].Type is not (FieldType.Stamp or FieldType.Date))
        {
            return part.Value;
        }

        if (LogTime.Read(part.Value, time.GetUtcNow()) is not { } at)
        {
            return null;
        }

        var unit = schema.Fields[field].Type == FieldType.Stamp ? TimeSpan.TicksPerMicrosecond : TimeSpan.TicksPerSecond;
        return ((at - DateTimeOffset.UnixEpoch).Ticks / unit).ToString(CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using System.Text;
using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Files;

/// <summary>Reads the events of a csv file into blocks, from its top or from a stored position. Not thread-safe.</summary>
internal sealed partial class FileEventReader : IEventFile
{
    /// <summary>Dropped lines that are logged one by one; the rest are counted.</summary>
    public const int LoggedDrops = 100;

    private readonly LineFile _file;
    private readonly CsvEventReader _csv;
    private readonly FilePublisherOptions _options;
    private readonly ILogger _logger;
    private readonly Schema _schema;
    private readonly bool _isFromTop;
    private byte[] _stripped = [];

    /// <summary>Opens the file.</summary>
    /// <param name="options">Which file, and how to read it.</param>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="autogenKey">True when the engine makes the key.</param>
    /// <param name="logger">Told of dropped lines.</param>
    /// <param name="offset">Byte offset to start at.</param>
    /// <param name="line">Lines before the offset.</param>
    public FileEventReader(
        FilePublisherOptions options, Schema schema, bool autogenKey, ILogger logger, long offset = 0, long line = 0)
        : this(options, schema, autogenKey, logger, new LineFile(options.Path, offset, line))
    {
    }

    /// <summary>Reads lines that are open already.</summary>
    /// <param name="options">How to read them.</param>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="autogenKey">True when the engine makes the key.</param>
    /// <param name="logger">Told of dropped lines.</param>
    /// <param name="file">The lines; closed with the reader.</param>
    public FileEventReader(FilePublisherOptions options, Schema schema, bool autogenKey, ILogger logger, LineFile file)
    {
        _options = options;
        _schema = schema;
        _isFromTop = file.Offset == 0;
        _csv = new CsvEventReader(schema, options.Format, autogenKey);
        _logger = logger;
        _file = file;
    }

    /// <summary>Byte offset after the last line read.</summary>
    public long Offset => _file.Offset;

    /// <summary>Number of the last line read.</summary>
    public long Line => _file.Line;

    /// <summary>Bytes that are there and not read yet.</summary>
    public long Behind => Math.Max(0, _file.Length - _file.Offset);

    /// <summary>Lines that could not be read and were dropped.</summary>
    public long Dropped { get; private set; }

    /// <summary>True: the last fill ended because there was no further line.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Appends events until the target's block is full or no further complete line is there.</summary>
    /// <param name="target">Has a block of the schema.</param>
    /// <returns>What is wrong with a line that ends the reading, with its place; null for nothing.</returns>
    public string? Fill(BlockTarget target)
    {
        IsAtEnd = false;
        while (!target.IsFull)
        {
            if (!_file.TryRead(out var line) && (_options.Growing || !_file.TakeRest(out line)))
            {
                IsAtEnd = true;
                return null;
            }

            if (_file.Line <= _options.Format.HeaderLines)
            {
                continue;
            }

            var read = _csv.Read(_options.StripNulls ? WithoutNulls(line) : line, target.Block);
            if (read.Kind != CsvLineKind.Error)
            {
                continue;
            }

            if (_isFromTop && _file.Line == _options.Format.HeaderLines + 1 && NamesFields(line))
            {
                LogHeader(_logger, _options.Path, _file.Line);
                continue;
            }

            if (read.IsQuoteOpen)
            {
                switch (ReadJoined(target))
                {
                    case Joined.Event:
                        continue;
                    case Joined.Unfinished:
                        IsAtEnd = true;
                        return null;
                    default:
                        break; // The first line by itself is what is wrong.
                }
            }

            var error = string.Create(
                CultureInfo.InvariantCulture, $"{_options.Path}:{_file.Line}:{read.Column}: {read.Message}");
            if (!_options.IgnoreParseErrors)
            {
                return error;
            }

            if (++Dropped <= LoggedDrops)
            {
                LogDropped(_logger, error);
            }
        }

        return null;
    }

    /// <summary>Reads a line whose quotes hold line ends: more lines are joined until it is an event, or can't become one.</summary>
    private Joined ReadJoined(BlockTarget target)
    {
        var first = _file.GivenBytes;
        for (var given = first; _file.TryJoin(!_options.Growing, out var line); given = _file.GivenBytes)
        {
            // Only a further quote can close the one that is open.
            // (A byte order mark that was dropped makes the line shorter than what was read.)
            if (!line[Math.Max(0, given - 3)..].Contains((byte)'"'))
            {
                continue;
            }

            var read = _csv.Read(_options.StripNulls ? WithoutNulls(line) : line, target.Block);
            if (read.Kind == CsvLineKind.Event)
            {
                return Joined.Event;
            }

            if (!read.IsQuoteOpen)
            {
                _file.TakeBackBehind(first);
                return Joined.Never;
            }
        }

        var isUnfinished = _options.Growing && !_file.IsJoinFull;
        _file.TakeBackBehind(isUnfinished ? 0 : first);
        return isUnfinished ? Joined.Unfinished : Joined.Never;
    }

    /// <summary>True for a line with names of fields: a header that nobody said to skip.</summary>
    private bool NamesFields(ReadOnlySpan<byte> line)
    {
        var cells = Encoding.UTF8.GetString(line).Split(_options.Format.Delimiter, StringSplitOptions.TrimEntries);

        // A field may be called i or n; what stands where lines have opcode and flags is none of its names.
        var isEvent = !_options.Format.AddOpcode && CsvEventReader.IsOpcode(cells[0]);
        return cells.Skip(isEvent ? 2 : 0).Any(cell => _schema.IndexOf(cell.Trim('"')) >= 0);
    }

    private ReadOnlySpan<byte> WithoutNulls(ReadOnlySpan<byte> line)
    {
        if (!line.Contains((byte)0))
        {
            return line;
        }

        if (_stripped.Length < line.Length)
        {
            _stripped = new byte[line.Length];
        }

        var length = 0;
        foreach (var b in line)
        {
            _stripped[length] = b;
            length += b == 0 ? 0 : 1;
        }

        return _stripped.AsSpan(0, length);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private enum Joined
    {
        Event,
        Never,
        Unfinished,
    }

    [LoggerMessage(EventId = 5012, Level = LogLevel.Warning,
        Message = "{Path}:{Line}: taken for a header and skipped; property header says how many lines are one")]
    private static partial void LogHeader(ILogger logger, string path, long line);

    [LoggerMessage(EventId = 5010, Level = LogLevel.Error, Message = "Line dropped: {Error}")]
    private static partial void LogDropped(ILogger logger, string error);
}

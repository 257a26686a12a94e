using System.Globalization;
using System.Text;
using System.Text.Json;
using Lockstep.Contracts.Events;

namespace Lockstep.Connectors.Files;

/// <summary>
/// Objects of a JSON file: one after the other, or in arrays, nested as may be; members are values, also <c>opcode</c> and
/// <c>flags</c>. An object whose only member is <c>event</c>, or that has an array <c>events</c>, stands for what is in it.
/// An array in the outermost array is a transaction. Numbers may be strings and the other way round.
/// </summary>
internal sealed class JsonEventSource : INamedEventSource
{
    /// <summary>Bytes an event may have, with what stands between it and the one before.</summary>
    public const int MaxEventBytes = 64 * 1024 * 1024;

    private const int FirstBufferBytes = 64 * 1024;

    private static readonly JsonReaderOptions Options = new()
    {
        AllowMultipleValues = true,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly Stream? _stream;
    private readonly bool _grows;
    private readonly NamedEventReader _events;
    private readonly string _path;
    private JsonReaderState _state = new(Options);
    private byte[] _bytes;
    private long _start;
    private int _at;
    private int _end;
    private bool _isWhole;
    private int _number;
    private int _depth;
    private int _transactions;
    private JsonDocument? _event;
    private JsonElement _element;
    private readonly Queue<JsonElement> _inside = new();

    /// <summary>Over a file or a connection.</summary>
    /// <param name="stream">Its bytes, behind byte order mark and white space; closed with the source.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="events">Makes events of values.</param>
    /// <param name="grows">The end of the file may be followed by more.</param>
    public JsonEventSource(Stream stream, string name, NamedEventReader events, bool grows = false)
    {
        (_stream, _path, _events, _grows) = (stream, name, events, grows);
        _bytes = new byte[FirstBufferBytes];
        _start = stream.CanSeek ? stream.Position : 0;
    }

    /// <summary>Over a text that is there.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="events">Makes events of values.</param>
    public JsonEventSource(byte[] bytes, string name, NamedEventReader events)
    {
        (_bytes, _end, _isWhole, _path, _events) = (bytes, bytes.Length, true, name, events);
    }

    /// <inheritdoc/>
    public long Offset => _start + _at;

    /// <inheritdoc/>
    public long Length => _stream is { CanSeek: true } ? _stream.Length : _start + _end;

    /// <inheritdoc/>
    public string Place => string.Create(CultureInfo.InvariantCulture, $": event {_number}");

    /// <inheritdoc/>
    public int Transaction { get; private set; }

    /// <inheritdoc/>
    public bool Next(bool withinTransaction = false)
    {
        try
        {
            while (!_inside.TryDequeue(out _element))
            {
                while (!ReadObject(withinTransaction))
                {
                    if ((withinTransaction && Transaction == 0) || _isWhole || !Fill())
                    {
                        return false;
                    }
                }
            }
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{_path}: not well-formed: {broken.Message}", broken);
        }

        _number++;
        return true;
    }

    /// <inheritdoc/>
    public string? Append(EventBlock target)
    {
        foreach (var member in _element.EnumerateObject())
        {
            _events.Set(member.Name, TextOf(member.Value));
        }

        return _events.Append(target);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _event?.Dispose();
        _stream?.Dispose();
    }

    /// <summary>Reads to the end of the next object; false: it is not here as a whole, or, within a transaction, that has ended.</summary>
    private bool ReadObject(bool withinTransaction)
    {
        var reader = new Utf8JsonReader(_bytes.AsSpan(_at, _end - _at), _isWhole, _state);
        for (var before = reader; reader.Read(); before = reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    Transaction = ++_depth == 2 ? ++_transactions : Transaction;
                    break;
                case JsonTokenType.EndArray:
                    Transaction = --_depth < 2 ? 0 : Transaction;
                    if (withinTransaction && Transaction == 0)
                    {
                        Keep(reader);
                        return false;
                    }

                    break;
                case JsonTokenType.StartObject:
                    if (!JsonDocument.TryParseValue(ref reader, out var found))
                    {
                        Keep(before);
                        return false;
                    }

                    _event?.Dispose();
                    _event = found;
                    Keep(reader);
                    Unwrap(_event.RootElement);
                    return true;
                default:
                    throw new JsonException($"an event must be an object, not {Encoding.UTF8.GetString(reader.ValueSpan)}");
            }
        }

        Keep(reader);
        return false;
    }

    private void Keep(in Utf8JsonReader reader)
    {
        _at += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
    }

    /// <summary>Reads more; false: a file that grows has no more yet.</summary>
    private bool Fill()
    {
        _bytes.AsSpan(_at, _end - _at).CopyTo(_bytes);
        (_start, _end, _at) = (_start + _at, _end - _at, 0);
        if (_end == _bytes.Length)
        {
            if (_end >= MaxEventBytes)
            {
                throw new InvalidDataException(string.Create(
                    CultureInfo.InvariantCulture, $"{_path}: event {_number + 1} has more than {MaxEventBytes} bytes."));
            }

            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var read = _stream!.Read(_bytes.AsSpan(_end));
        _end += read;
        _isWhole = read == 0 && !_grows;
        return read > 0 || _isWhole;
    }

    private void Unwrap(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                Unwrap(item);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.TryGetProperty("events", out var many) && many.ValueKind == JsonValueKind.Array)
            {
                Unwrap(many);
            }
            else if (element.TryGetProperty("event", out var one) && one.ValueKind == JsonValueKind.Object
                && element.EnumerateObject().Count() == 1)
            {
                Unwrap(one);
            }
            else
            {
                _inside.Enqueue(element);
            }
        }
    }

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array when value.EnumerateArray().All(i => i.ValueKind is JsonValueKind.Number or JsonValueKind.Null) =>
            $"[{string.Join(';', value.EnumerateArray().Select(TextOf))}]",
        _ => value.GetRawText(),
    };
}

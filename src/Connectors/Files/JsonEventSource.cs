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
    /// <summary>Bytes a file may have: it is read as a whole.</summary>
    public const int MaxBytes = 512 * 1024 * 1024;

    private static readonly JsonReaderOptions Options = new()
    {
        AllowMultipleValues = true,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private readonly byte[] _bytes;
    private readonly int _start;
    private readonly NamedEventReader _events;
    private readonly string _path;
    private JsonReaderState _state = new(Options);
    private int _at;
    private int _number;
    private int _depth;
    private int _transactions;
    private JsonDocument? _event;
    private JsonElement _element;
    private readonly Queue<JsonElement> _inside = new();

    /// <summary>Opens the file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="events">Makes events of values.</param>
    public JsonEventSource(string path, NamedEventReader events)
    {
        _path = path;
        _events = events;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length > MaxBytes)
        {
            throw new InvalidDataException($"{path}: the file has more than {MaxBytes} bytes.");
        }

        TextStart.Seek(stream);
        _start = (int)stream.Position;
        _bytes = new byte[stream.Length - stream.Position];
        stream.ReadExactly(_bytes);
    }

    /// <summary>Over a text that is there.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="events">Makes events of values.</param>
    public JsonEventSource(byte[] bytes, string name, NamedEventReader events)
    {
        (_bytes, _path, _events) = (bytes, name, events);
    }

    /// <inheritdoc/>
    public long Offset => _start + _at;

    /// <inheritdoc/>
    public long Length => _start + _bytes.Length;

    /// <inheritdoc/>
    public string Place => string.Create(CultureInfo.InvariantCulture, $": event {_number}");

    /// <inheritdoc/>
    public int Transaction { get; private set; }

    /// <inheritdoc/>
    public bool Next()
    {
        try
        {
            while (!_inside.TryDequeue(out _element))
            {
                if (!NextObject())
                {
                    return false;
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
    public void Dispose() => _event?.Dispose();

    private bool NextObject()
    {
        var reader = new Utf8JsonReader(_bytes.AsSpan(_at), isFinalBlock: true, _state);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    Transaction = ++_depth == 2 ? ++_transactions : Transaction;
                    break;
                case JsonTokenType.EndArray:
                    Transaction = --_depth < 2 ? 0 : Transaction;
                    break;
                case JsonTokenType.StartObject:
                    _event?.Dispose();
                    _event = JsonDocument.ParseValue(ref reader);
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

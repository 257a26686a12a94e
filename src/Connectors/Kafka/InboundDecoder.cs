using System.Collections.Concurrent;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Decodes inbound records: an event block, or lines of text. What can't be decoded is handed on as it is, the same on every
/// member, for the dead letter topic; that topic is made before the record is handed on.
/// </summary>
internal sealed class InboundDecoder
{
    private readonly MemberParts _parts;
    private readonly CancellationToken _cancellation;
    private readonly ConcurrentDictionary<int, bool> _deadLetters = new();
    private readonly Schema[] _schemas;
    private readonly CsvEventReader[] _readers;
    private long _poisoned;

    public InboundDecoder(MemberParts parts, CancellationToken cancellation)
    {
        _parts = parts;
        _cancellation = cancellation;
        _schemas = [.. parts.Topics.Inbound.Select(t => SchemaOf(parts.Options.Project, t.WindowPath))];
        _readers = [.. parts.Topics.Inbound.Select(t => new CsvEventReader(_schemas[t.Index], t.Csv, t.AutogenKey))];
    }

    /// <summary>Records that could not be decoded.</summary>
    public long Poisoned => Interlocked.Read(ref _poisoned);

    /// <summary>Decodes one; on the reader's thread.</summary>
    public InboundRecord Decode(InboundTopic topic, KafkaRecord record)
    {
        var schema = _schemas[topic.Index];
        var block = new EventBlock(schema, 1);
        var fault = DecodeInto(topic, record, schema, block);
        if (fault is null)
        {
            return new InboundRecord(topic.Index, record.Offset, block, record.Value.Length, null, null);
        }

        Interlocked.Increment(ref _poisoned);
        EnsureDeadLetters(topic.Index);
        return new InboundRecord(topic.Index, record.Offset, null, record.Value.Length, record.Value, fault);
    }

    /// <summary>Null, or why not. A producer may write either form; which one it is shows in the first bytes.</summary>
    private string? DecodeInto(InboundTopic topic, KafkaRecord record, Schema schema, EventBlock block)
    {
        var error = EventBlockCodec.TryDecode(record.Value, schema, block);
        if (error is EventBlockError.None)
        {
            return null;
        }

        var looksLikeBlock = EventBlockCodec.TryPeek(record.Value, out _) is not (EventBlockError.BadMagic or EventBlockError.Truncated);
        return topic.Format == RecordFormat.Binary && looksLikeBlock ? $"Event block: {error}." : ReadLines(topic, record.Value, block);
    }

    private string? ReadLines(InboundTopic topic, ReadOnlySpan<byte> text, EventBlock block)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            var result = _readers[topic.Index].Read(line, block);
            if (result.Kind == CsvLineKind.Error)
            {
                return $"Field {result.Column}: {result.Message}";
            }

            text = end < 0 ? [] : text[(end + 1)..];
        }

        return null;
    }

    private void EnsureDeadLetters(int topic)
    {
        if (_deadLetters.TryAdd(topic, true))
        {
            // Rare, and the active can't commit such a record before: the reader waits.
#pragma warning disable VSTHRD002 // A thread of the reader's own, without a context to lock up with.
            _parts.Control.EnsureDeadLettersAsync(topic, _cancellation).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
    }

    private static Schema SchemaOf(ProjectDefinition project, string path)
    {
        var parts = path.Split('/');
        var query = project.ContinuousQueries.First(q => q.Name == parts[0]);
        return query.Windows.First(w => w.Name == parts[1]).Schema
            ?? throw new ArgumentException($"Window '{path}' has no schema.", nameof(project));
    }
}

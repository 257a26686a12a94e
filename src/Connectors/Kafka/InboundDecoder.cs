using System.Collections.Concurrent;
using Lockstep.Connectors.Messages;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Projects;
using Lockstep.Kafka;

namespace Lockstep.Connectors.Kafka;

/// <summary>
/// Decodes inbound records: an event block, or text. What can't be decoded is handed on as it is, the same on every
/// member, for the dead letter topic; that topic is made before the record is handed on.
/// </summary>
internal sealed class InboundDecoder
{
    /// <summary>A block of so many events is worth a chunk of its own.</summary>
    private const int OwnChunk = 64;

    private readonly MemberParts _parts;
    private readonly CancellationToken _cancellation;
    private readonly ConcurrentDictionary<int, bool> _deadLetters = new();
    private readonly Schema[] _schemas;
    private readonly MessageReader[] _readers;
    private readonly EventBlock[] _blocks;

    public InboundDecoder(MemberParts parts, CancellationToken cancellation)
    {
        _parts = parts;
        _cancellation = cancellation;
        _schemas = [.. parts.Topics.Inbound.Select(t => SchemaOf(parts.Options.Project, t.WindowPath))];
        _readers = [.. parts.Topics.Inbound.Select(t => new MessageReader(
            _schemas[t.Index], t.Type.Messages(t.Csv), t.AutogenKey))];
        _blocks = [.. _schemas.Select(s => new EventBlock(s, 64))];
    }

    /// <summary>Schema of a topic's events.</summary>
    public Schema SchemaOf(InboundTopic topic) => _schemas[topic.Index];

    /// <summary>
    /// Decodes a page of records and hands them on; on the reader's thread. Small records share a chunk, each large block has
    /// one of its own, which is not copied again.
    /// </summary>
    public void Decode(RecordPage page, InboundLane lane)
    {
        var chunk = lane.Rent();
        for (var i = 0; i < page.Count; i++)
        {
            var value = page.ValueOf(i);
            if (EventBlockCodec.TryPeek(value, out var header) == EventBlockError.None
                && (header.EventCount >= OwnChunk || header.IsTransactional))
            {
                if (chunk.Count > 0)
                {
                    lane.Add(chunk);
                    chunk = lane.Rent();
                }

                DecodeOne(lane.Topic, page, i, chunk, chunk.Block);
                lane.Add(chunk);
                chunk = lane.Rent();
                continue;
            }

            DecodeOne(lane.Topic, page, i, chunk, _blocks[lane.Topic.Index]);
        }

        lane.Add(chunk);
    }

    /// <summary>Decodes a record to the end of a chunk; a block by way of <paramref name="decoded"/>.</summary>
    private void DecodeOne(InboundTopic topic, RecordPage page, int index, InboundChunk chunk, EventBlock decoded)
    {
        var value = page.ValueOf(index);
        var (offset, rows) = (page.OffsetOf(index), chunk.Block.Count);
        var fault = DecodeInto(topic, value, decoded, chunk.Block);
        if (fault is null)
        {
            chunk.End(offset, value.Length);
            return;
        }

        chunk.Block.Truncate(rows);
        if (!topic.StopsOnPoison)
        {
            EnsureDeadLetters(topic.Index);
        }

        chunk.End(offset, value.Length, page.Copy(index), fault);
    }

    /// <summary>Null, or why not. For binary and csv a producer may write either form; which one it is shows in the first bytes.</summary>
    private string? DecodeInto(InboundTopic topic, ReadOnlySpan<byte> value, EventBlock decoded, EventBlock target)
    {
        if (!topic.Type.IsForGroups)
        {
            return ReadText(topic, value, target);
        }

        var peeked = EventBlockCodec.TryPeek(value, out _);
        var looksLikeBlock = peeked is not (EventBlockError.BadMagic or EventBlockError.Truncated);
        if (!looksLikeBlock && topic.Format == RecordFormat.Csv)
        {
            return ReadText(topic, value, target);
        }

        var error = EventBlockCodec.TryDecode(value, _schemas[topic.Index], decoded);
        if (error is EventBlockError.None)
        {
            if (decoded != target)
            {
                target.AppendAll(decoded);
            }

            return null;
        }

        return topic.Format == RecordFormat.Binary && looksLikeBlock ? $"Event block: {error}." : ReadText(topic, value, target);
    }

    private string? ReadText(InboundTopic topic, ReadOnlySpan<byte> text, EventBlock block) =>
        _readers[topic.Index].Read(topic.Name, text, block);

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

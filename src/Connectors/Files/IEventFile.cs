using Lockstep.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace Lockstep.Connectors.Files;

/// <summary>A file of events that is read into blocks. Not thread-safe.</summary>
internal interface IEventFile : IDisposable
{
    /// <summary>Byte offset after what was read.</summary>
    long Offset { get; }

    /// <summary>Bytes that are there and not read yet.</summary>
    long Behind { get; }

    /// <summary>Events that could not be read and were dropped.</summary>
    long Dropped { get; }

    /// <summary>True: the last fill ended because there was no further event.</summary>
    bool IsAtEnd { get; }

    /// <summary>
    /// Appends events until the target's block is full, or its transaction ends, or there is no further one. Whenever the file's
    /// stream is read, the block has whole events.
    /// </summary>
    /// <param name="target">Has a block of the schema.</param>
    /// <returns>What is wrong with an event that ends the reading, with its place; null for nothing.</returns>
    string? Fill(BlockTarget target);

    /// <summary>Opens the file of a publisher's options.</summary>
    /// <param name="options">Which file, and how to read it.</param>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="autogenKey">True when the engine makes the key.</param>
    /// <param name="logger">Told of dropped events.</param>
    /// <param name="time">Gives the year of times in logs that have none.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    static IEventFile Open(FilePublisherOptions options, Schema schema, bool autogenKey, ILogger logger, TimeProvider time)
    {
        if (options.FileType == FileType.Csv)
        {
            return new FileEventReader(options, schema, autogenKey, logger);
        }

        var file = new FileStream(options.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        TextStart.Seek(file);
        return Over(file, options.Path, options, schema, autogenKey, logger, time);
    }

    /// <summary>Over what a connection sends.</summary>
    /// <param name="stream">The connection; closed with the file.</param>
    /// <param name="name">Names it in errors.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="schema">Schema of the events.</param>
    /// <param name="autogenKey">True when the engine makes the key.</param>
    /// <param name="logger">Told of dropped events.</param>
    /// <param name="time">Gives the year of times in logs that have none.</param>
    static IEventFile Over(
        Stream stream, string name, FilePublisherOptions options, Schema schema, bool autogenKey, ILogger logger, TimeProvider time)
    {
        var events = new NamedEventReader(schema, options.Format, autogenKey);
        return options.FileType switch
        {
            FileType.Xml => new NamedEventFile(options, new XmlEventSource(stream, name, events), logger),
            FileType.Json => new NamedEventFile(options, new JsonEventSource(stream, name, events, options.Growing), logger),
            FileType.Syslog or FileType.Cef =>
                new NamedEventFile(options, new LogEventSource(stream, name, schema, options, autogenKey, time), logger),
            _ => new FileEventReader(options, schema, autogenKey, logger, new LineFile(stream, name)),
        };
    }
}

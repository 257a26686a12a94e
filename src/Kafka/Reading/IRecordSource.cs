namespace Lockstep.Kafka.Reading;

/// <summary>
/// Reads partition 0 of some topics: <see cref="DirectSource"/> with the own protocol client, <see cref="ClientSource"/> with
/// librdkafka for what the own one can't speak. One thread owns it. The words are those of <see cref="PartitionReader"/>.
/// </summary>
internal interface IRecordSource : IDisposable
{
    void Assign(IReadOnlyCollection<PartitionStart> starts);

    /// <summary>Fills the page with the next records of one topic; false: nothing came, or only a position moved.</summary>
    bool Read(TimeSpan timeout, RecordPage page);

    long PositionOf(string topic);

    bool IsAtEnd(string topic);

    void Seek(string topic, long offset);

    void Pause(string topic);

    void Resume(string topic);
}

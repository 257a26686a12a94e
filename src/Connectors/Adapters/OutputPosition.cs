using System.Collections.Immutable;
using System.Text.Json;
using Lockstep.Contracts.Api;

namespace Lockstep.Connectors.Adapters;

/// <summary>
/// How far an output file has got: what stands beside it in <c>FILE.position</c> as JSON, replaced as a whole after the file
/// was synced, so that it never says more than the file holds.
/// </summary>
/// <param name="Topic">The topic that is read.</param>
/// <param name="NextOffset">The offset to go on at.</param>
/// <param name="Length">Bytes of the file; what lies behind is cut off at a restart.</param>
/// <param name="LastQ">q of the last row written; 0 for none.</param>
/// <param name="LastId">Message id of the last row written; empty for none.</param>
/// <param name="Rows">Rows in the file.</param>
/// <param name="Lost">Missing q.</param>
/// <param name="Duplicated">Repeated q, dropped.</param>
/// <param name="FromFirst">True: q 1 was expected first, so that rows missing before the first one count as lost.</param>
internal sealed record OutputPosition(
    string Topic, long NextOffset, long Length, long LastQ, string LastId, long Rows, long Lost, long Duplicated, bool FromFirst)
{
    /// <summary>Gaps and repeats kept; older ones go, their counts stay.</summary>
    public const int GapsKept = 100;

    /// <summary>Added to the file's path.</summary>
    public const string Suffix = ".position";

    /// <summary>Epoch of the last row written; 0 for none or unknown.</summary>
    public long LastEpoch { get; init; }

    /// <summary>What was lost or came twice, oldest first; the newest <see cref="GapsKept"/>.</summary>
    public ImmutableArray<LedgerGap> Gaps { get; init; } = [];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the position of a file; null: there is none.</summary>
    /// <param name="file">Path of the output file.</param>
    /// <exception cref="InvalidDataException">The position file is damaged.</exception>
    public static OutputPosition? Load(string file)
    {
        var path = file + Suffix;
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<OutputPosition>(File.ReadAllBytes(path), Json) is { } position
                ? position.Gaps.IsDefault ? position with { Gaps = [] } : position
                : throw new InvalidDataException($"'{path}' is empty.");
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"'{path}' is damaged: {damaged.Message}", damaged);
        }
    }

    /// <summary>Replaces the position of a file in one go.</summary>
    /// <param name="file">Path of the output file, which is synced already.</param>
    public void Save(string file)
    {
        var next = file + Suffix + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, this, Json);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, file + Suffix, overwrite: true);
    }
}

using Lockstep.Connectors.Adapters;
using Lockstep.Connectors.Files;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;

namespace Lockstep.Connectors.Tests.Adapters;

/// <summary>
/// The output file holds every row once. Method: a topic as a list, a writer that is killed after any write, with any part of
/// its last bytes in the file, and started again until all is read.
/// </summary>
public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Killed_at_any_byte_it_holds_every_row_once()
    {
        const int seed = 31415;
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var path = _folder.At($"out{round}.csv");
            const int rows = 60;
            for (var done = false; !done;)
            {
                done = Run(path, rows, random);
                if (!done)
                {
                    // What the killed process had written behind its last sync is there in part, or garbage.
                    File.AppendAllText(path, new string('x', random.Next(0, 40)));
                }
            }

            var expected = "opcode,flags,id,name\n" + string.Concat(Enumerable.Range(1, rows).Select(q => $"I,N, {q},r\n"));
            Assert.True(expected == File.ReadAllText(path), $"seed {seed}, round {round}");
            Assert.Equal(rows, OutputPosition.Load(path)!.LastQ);
        }
    }

    [Fact]
    public void Repeated_and_missing_q_are_counted_and_a_repeat_is_not_written()
    {
        using var file = Open(_folder.At("out.csv"));
        foreach (var (q, offset) in new[] { (1, 0), (2, 1), (2, 2), (1, 3), (5, 4) })
        {
            file.Take(Row(q), Stamp(q), offset);
        }

        Assert.Equal((2, 2, 5, 3), (file.Position.Lost, file.Position.Duplicated, file.Position.LastQ, file.Position.Rows));
        Assert.Equal("0:105", file.Position.LastId);
    }

    [Fact]
    public void Gaps_and_repeats_are_kept_with_where_to_look_and_outlive_the_process()
    {
        var path = _folder.At("gaps.csv");
        using (var file = Open(path))
        {
            foreach (var (q, offset) in new[] { (1, 0), (2, 1), (5, 4), (4, 6), (5, 7), (6, 8) })
            {
                file.Take(Row(q), Stamp(q), offset, DateTimeOffset.UnixEpoch.AddSeconds(offset));
            }

            file.Sync();
        }

        using var again = Open(path);
        Assert.Equal(
            ["lost 3-4 at 4, 0:102 to 0:105", "duplicated 4-5 at 6, 0:105 to 0:104"],
            again.Position.Gaps.Select(g => $"{g.Kind} {g.FromQ}-{g.ToQ} at {g.Offset}, {g.IdBefore} to {g.IdAfter}"));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(4), again.Position.Gaps[0].At);
    }

    [Fact]
    public void Only_the_newest_gaps_are_kept_but_all_are_counted()
    {
        using var file = Open(_folder.At("many.csv"));
        for (var i = 1; i <= OutputPosition.GapsKept + 5; i++)
        {
            file.Take(Row(1), Stamp(2 * i), i);
        }

        Assert.Equal((OutputPosition.GapsKept, OutputPosition.GapsKept + 5), (file.Position.Gaps.Length, file.Position.Lost));
        Assert.Equal(11, file.Position.Gaps[0].FromQ);
    }

    [Fact]
    public void A_record_without_stamp_is_foreign_among_stamped_ones_and_a_row_elsewhere()
    {
        using var plain = Open(_folder.At("plain.csv"));
        plain.Take(Row(1), null, 0);
        Assert.Equal((0, 1), (plain.Foreign, plain.Position.Rows));
        using var stamped = Open(_folder.At("stamped.csv"));
        stamped.Take(Row(1), Stamp(1), 0);
        stamped.Take(Row(2), null, 1);
        Assert.Equal((1, 1), (stamped.Foreign, stamped.Position.Rows));
    }

    [Fact]
    public void A_file_that_was_cut_is_an_error_with_a_choice()
    {
        var path = _folder.At("out.csv");
        using (var file = Open(path))
        {
            file.Take(Row(1), Stamp(1), 0);
            file.Sync();
        }

        File.WriteAllText(path, "");
        var refused = Assert.Throws<IOException>(() => Open(path));
        Assert.Contains("onreplaced=restart", refused.Message, StringComparison.Ordinal);
        using var again = Open(path, restart: true);
        Assert.Equal(1, again.Position.NextOffset);
    }

    [Fact]
    public void A_second_writer_is_refused()
    {
        var path = _folder.At("out.csv");
        using var first = Open(path);
        Assert.Throws<IOException>(() => Open(path));
    }

    private static bool Run(string path, int rows, Random random)
    {
        using var file = Open(path);
        for (var offset = file.Position.NextOffset; offset < rows; offset++)
        {
            var q = offset + 1;
            file.Take(Row(q), Stamp(q), offset);
            switch (random.Next(12))
            {
                case < 4: file.WriteOut(); break;
                case < 7: file.Sync(); break;
                case < 9: return false;
            }
        }

        file.Sync();
        return true;
    }

    private static OutputFile Open(string path, bool restart = false) => OutputFile.Open(
        new FileSubscriberOptions
        {
            Path = path,
            Format = new CsvFormat { Header = CsvHeader.Full },
            RestartWhenReplaced = restart,
        },
        Rig.Schema,
        () => new OutputPosition("t", 0, 0, 0, "", 0, 0, 0, FromFirst: true));

    private static EventBlock Row(long id) => Rig.Block((Opcode.Insert, EventFlags.None, id, "r"));

    private static OutboundStamp Stamp(long q) => new()
    {
        Group = "g",
        Member = "m",
        Epoch = new Epoch(1),
        Sequence = q,
        StreamTime = 0,
        MessageId = new MessageId(0, 100 + q),
        Q = q,
    };
}

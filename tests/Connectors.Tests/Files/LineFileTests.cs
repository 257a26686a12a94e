using System.Text;
using Lockstep.Connectors.Files;

namespace Lockstep.Connectors.Tests.Files;

/// <summary>Lines, offsets and numbers of a file that may grow while it is read.</summary>
public sealed class LineFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unfinished_last_line_is_never_given_until_its_end_is_there()
    {
        var path = _folder.At("a.csv");
        File.WriteAllText(path, "one\ntw");
        using var file = new LineFile(path);
        Assert.Equal("one", Read(file));
        Assert.Null(Read(file));
        Assert.Equal((4, 1), (file.Offset, file.Line));
        File.AppendAllText(path, "o\r\nthree\n");
        Assert.Equal("two", Read(file));
        Assert.Equal("three", Read(file));
        Assert.Null(Read(file));
        Assert.Equal((file.Length, 3), (file.Offset, file.Line));
    }

    [Fact]
    public void A_byte_order_mark_is_skipped_and_counted()
    {
        var path = _folder.At("a.csv");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "x\ny"u8]);
        using var file = new LineFile(path);
        Assert.Equal("x", Read(file));
        Assert.Equal(5, file.Offset);
        Assert.True(file.TakeRest(out var rest));
        Assert.Equal("y", Encoding.UTF8.GetString(rest));
        Assert.False(file.TakeRest(out _));
    }

    [Fact]
    public void A_line_longer_than_the_limit_is_an_error()
    {
        var path = _folder.At("a.csv");
        File.WriteAllBytes(path, new byte[LineFile.MaxLineBytes + 1]);
        using var file = new LineFile(path);
        Assert.Throws<InvalidDataException>(() => Read(file));
    }

    [Fact]
    public void Reading_on_from_any_stored_offset_gives_what_reading_through_gives()
    {
        const int seed = 71;
        var random = new Random(seed);
        var path = _folder.At("a.csv");
        var lines = Enumerable.Range(0, 3000).Select(i => new string((char)('a' + (i % 26)), random.Next(0, 200))).ToArray();
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        List<string> read = [];
        long offset = 0;
        long line = 0;
        while (read.Count < lines.Length)
        {
            using var file = new LineFile(path, offset, line);
            for (var n = random.Next(1, 400); n > 0 && Read(file) is { } text; n--)
            {
                read.Add(text);
            }

            (offset, line) = (file.Offset, file.Line);
            Assert.True(line == read.Count, $"seed {seed}: line {line} after {read.Count} lines");
        }

        Assert.Equal(lines, read);
    }

    private static string? Read(LineFile file) => file.TryRead(out var line) ? Encoding.UTF8.GetString(line) : null;
}

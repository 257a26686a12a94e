using Lockstep.TestKit;

namespace Lockstep.Contracts.Tests.Golden;

/// <summary>Recorded bytes and text that must never change: records on topics outlive the program that wrote them.</summary>
internal static class GoldenFile
{
    /// <summary>Compares bytes with a recorded file. A missing file is written and fails the test: look at it, commit it.</summary>
    public static void Matches(string name, ReadOnlySpan<byte> actual)
    {
        var path = Path.Combine(Folder(), name);
        if (!File.Exists(path))
        {
            File.WriteAllBytes(path, actual);
            Assert.Fail($"Golden file {name} did not exist; it has been written.");
        }

        Assert.Equal(Convert.ToHexString(File.ReadAllBytes(path)), Convert.ToHexString(actual));
    }

    /// <summary>The bytes of a recorded file.</summary>
    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(Folder(), name));

    // The sources' own folder, so that a new file lands where it is committed from. Not by CallerFilePath: a CI build hides paths.
    private static string Folder() => Path.Combine(Checkout.Root, "tests", "Contracts.Tests", "Golden");
}

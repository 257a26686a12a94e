namespace Lockstep.TestKit;

/// <summary>Finds the unpacked server distributions that tests start: by environment variable, else beside the repository.</summary>
public static class ServerHome
{
    private const string SiblingFolder = "shared/dist";

    /// <summary>The folder of an unpacked ZooKeeper (with <c>bin</c> and <c>lib</c>).</summary>
    /// <exception cref="DirectoryNotFoundException">None was found; the message says how to get one.</exception>
    public static string ZooKeeper { get => Find("ZOOKEEPER_HOME", "apache-zookeeper-*", "Apache ZooKeeper 3.9"); }

    /// <summary>The folder of the newest unpacked Kafka.</summary>
    /// <exception cref="DirectoryNotFoundException">None was found; the message says how to get one.</exception>
    public static string Kafka { get => Find("KAFKA_HOME", "kafka_*", "Apache Kafka"); }

    /// <summary>The folder of an unpacked Kafka of one line of versions.</summary>
    /// <param name="versionPrefix">Start of the version, for example <c>3.9</c> or <c>4.</c>.</param>
    /// <returns>The full path of the newest that fits; <c>KAFKA_HOME</c> is taken only when it is of that version.</returns>
    /// <exception cref="DirectoryNotFoundException">None was found; the message says how to get one.</exception>
    public static string KafkaOf(string versionPrefix) =>
        Find("KAFKA_HOME", "kafka_*-" + versionPrefix + "*", "Apache Kafka " + versionPrefix);

    private static string Find(string variable, string pattern, string product)
    {
        string? named = Environment.GetEnvironmentVariable(variable);
        bool versionFits = named is not null && IsOfPattern(named, pattern);
        if (named is not null && Directory.Exists(named) && versionFits)
        {
            return Path.GetFullPath(named);
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string folder = Path.Combine(at.FullName, SiblingFolder);
            if (!Directory.Exists(folder))
            {
                continue;
            }

            string? newest = Directory.GetDirectories(folder, pattern).Order(StringComparer.Ordinal).LastOrDefault();
            if (newest is not null)
            {
                return newest;
            }
        }

        string seen = named is null ? "is not set" : Directory.Exists(named)
            ? $"is {named}, whose name does not fit {pattern}"
            : $"is {named}, which does not exist";
        throw new DirectoryNotFoundException(
            $"This test needs {product}, and it was not found: {variable} {seen}, and no folder above "
            + $"{AppContext.BaseDirectory} has {SiblingFolder}/{pattern}. Download and unpack {product}, then set "
            + $"{variable} to the unpacked folder. Java 17 or newer must be on PATH.");
    }

    /// <summary>A home named by the user may have any folder name unless a certain version is asked for.</summary>
    private static bool IsOfPattern(string folder, string pattern)
    {
        if (pattern is "kafka_*" or "apache-zookeeper-*")
        {
            return true;
        }

        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name);
    }
}

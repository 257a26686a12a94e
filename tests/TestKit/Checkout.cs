namespace Lockstep.TestKit;

/// <summary>The checkout that the running program was built from.</summary>
public static class Checkout
{
    /// <summary>Full path of the folder with Lockstep.slnx, found upwards from the program.</summary>
    /// <exception cref="InvalidOperationException">There is none above it.</exception>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Lockstep.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Lockstep.slnx is in no folder above this program; run it from a checkout.");
    }
}

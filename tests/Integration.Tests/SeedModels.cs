namespace Lockstep.Integration.Tests;

/// <summary>
/// The three models of the original HA system with their configuration files: the originals when they lie beside the
/// repository, else the same ones without their descriptions.
/// </summary>
internal static class SeedModels
{
    private const string Original = "shared/seed/iot-esp-ha-using-kafka-and-viya/ESPScripts";

    private static readonly string[] Files =
        ["ESP_Project_HA_Kafka.xml", "HA_Input.xml", "HA_Output.xml", "kafkapub.cfg", "kafkasub.cfg"];

    /// <summary>Copies them, byte by byte, into a folder.</summary>
    public static void CopyTo(string folder)
    {
        var source = Find() ?? Path.Combine(AppContext.BaseDirectory, "Models");
        foreach (var file in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(source, file)));
        }
    }

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var folder = Path.Combine(at.FullName, Original);
            if (Directory.Exists(folder))
            {
                return folder;
            }
        }

        return null;
    }
}

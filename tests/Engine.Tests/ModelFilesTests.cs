using Lockstep.Contracts.Projects;
using Lockstep.Scripting;

namespace Lockstep.Engine.Tests;

/// <summary>Files of a model are found in granted folders and nowhere else, whatever path a model names.</summary>
public sealed class ModelFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("files-");

    public ModelFilesTests()
    {
        foreach (var file in new[] { "a/both.lua", "b/both.lua", "b/only.lua", "b/sub/deep.lua", "secret.lua", "ab/near.lua" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
            File.WriteAllText(At(file), file);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("both.lua", "a/both.lua")]
    [InlineData("only.lua", "b/only.lua")]
    [InlineData("sub/deep.lua", "b/sub/deep.lua")]
    [InlineData("../b/only.lua", "b/only.lua")]
    [InlineData("{0}/b/sub/../only.lua", "b/only.lua")]
    [InlineData("/elsewhere/sub/deep.lua", "b/sub/deep.lua")]
    public void A_file_is_found_in_the_first_granted_folder_that_has_it(string named, string expected) =>
        Assert.Equal(expected, ModelFiles.ReadText(Grants("a", "b"), named.Replace("{0}", _folder.FullName, StringComparison.Ordinal)));

    [Theory]
    [InlineData("../secret.lua")]
    [InlineData("sub/../../secret.lua")]
    [InlineData("{0}/secret.lua")]
    [InlineData("{0}/ab/near.lua")]
    [InlineData("{0}/a/../secret.lua")]
    [InlineData("/elsewhere/../../secret.lua")]
    [InlineData("none.lua")]
    [InlineData("sub")]
    [InlineData("")]
    public void A_file_elsewhere_is_not_read_and_the_message_says_what_is_granted(string named)
    {
        var error = Assert.Throws<ModelFileException>(() =>
            ModelFiles.ReadText(Grants("a", "b"), named.Replace("{0}", _folder.FullName, StringComparison.Ordinal)));
        Assert.Contains($"{At("a")}, {At("b")}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--model-files", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_granted_folder_nothing_is_read()
    {
        Assert.Throws<ModelFileException>(() => ModelFiles.ReadText(ModelFileGrants.None, At("a/both.lua")));
        Assert.Throws<ModelFileException>(() => ModelFiles.ReadText(Grants("a"), "both.lua\0"));
    }

    [Fact]
    public void A_file_that_is_too_long_is_not_read()
    {
        var error = Assert.Throws<ModelFileException>(() => ModelFiles.Open(Grants("a"), "both.lua", bytesMax: 3));
        Assert.Equal("File 'both.lua' has 10 bytes; at most 3 are read.", error.Message);
    }

    private ModelFileGrants Grants(params string[] folders) => new()
    {
        Folders = [.. folders.Select(At)],
        Paths = new PathMap([new("/elsewhere", At("b"))]),
    };

    private string At(string name) => Path.Combine(_folder.FullName, name);
}

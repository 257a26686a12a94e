using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Engine.State;
using static Lockstep.Engine.Tests.Windows.Calculate.AlgorithmRun;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>TextVectorization: files of vectors as people have them, vectors of tokens and documents by tables, and what files can be wrong.</summary>
public sealed class VectorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vectors-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("a 1 2\nb 3 -0.5\n", "")]
    [InlineData("2 2\na 1 2\r\nb 3 -5e-1", "")]
    [InlineData("a  1   2 \n\nb 3 -.5\nb 7 7", "wordVecDelimiter=space")]
    [InlineData("a,1,2\nb, 3,-0.5", "wordVecDelimiter=COMMA")]
    [InlineData("a\t1\t2\nb\t3\t-0.5", "wordVecDelimiter=TAB")]
    [InlineData("a 1 2|b 3 -0.5|", "wordVecLineBreak=|")]
    [InlineData("a 1 2\r\nb 3 -0.5\r\n", "wordVecLineBreak=CRLF")]
    [InlineData("a 1 2\rb 3 -0.5", "wordVecLineBreak=\\r")]
    public void A_token_has_the_vector_of_its_line(string file, string parameters)
    {
        var lines = Run(file, "id*:int64,v:double,w:double", $"{parameters};outputDocVec=0", "vectorOut=v,w")
            .Publish("s", "i,n,1,,,,a", "i,n,2,,,,B", "i,n,3,,,,unknown", "i,n,4").Take("c");
        Assert.Equal(["I,N,1,1,2", "I,N,2,3,-0.5", "I,N,3,-,-", "I,N,4,-,-"], lines);
    }

    [Fact]
    public void A_vector_may_be_an_array_and_a_mark_a_word()
    {
        var lines = Run("! 1 2 3\nThe 4 5 6\nthe 7 8 9\n", "id*:int64,v:array(dbl),w:array(dbl)", "", "vectorOut=v[1-1],w")
            .Publish("s", "i,n,1,,,,!", "i,n,2,,,,The", "i,n,3,,,,THE").Take("c");
        Assert.Equal(["I,N,1,[1],[2;3]", "I,N,2,[4],[5;6]", "I,N,3,[7],[8;9]"], lines);
    }

    [Fact]
    public void The_vector_of_a_document_is_the_mean_of_its_tokens_in_one_row()
    {
        const string File = "a 1 2\nb 3 4\nc 8 0\n";
        var run = Run(File, "n*:int64,v:array(dbl)", "outputDocVec=1", "docIdOut=n;vectorOut=v", "docId=n;token=t", "pi_HASH");
        run.Publish("s", "i,n,1,,,7,none", "i,n,2,,,7,a", "i,n,3,,,7,b", "i,n,4,,,8,c");
        Assert.Equal(["I,N,7,-", "UB,N,7,[1;2]", "D,N,7,-", "UB,N,7,[2;3]", "D,N,7,[1;2]", "I,N,8,[8;0]"], run.Take("c"));
        Assert.Empty(run.BadEvents);

        // Without rows there is nothing that could be replaced; with the token's key each has its own.
        run = Run(File, "n*:int64,v:array(dbl)", "outputDocVec=1", "docIdOut=n;vectorOut=v", "docId=n;token=t");
        Assert.Equal(["P,N,7,[1;2]", "P,N,7,[2;3]"], run.Publish("s", "i,n,2,,,7,a", "i,n,3,,,7,b").Take("c"));
        run = Run(File, "id*:int64,v:array(dbl)", "outputDocVec=1", "vectorOut=v", "docId=n;token=t", "pi_HASH");
        Assert.Equal(["I,N,2,[1;2]", "I,N,3,[2;3]"], run.Publish("s", "i,n,2,,,7,a", "i,n,3,,,7,b").Take("c"));
    }

    [Fact]
    public void A_restored_window_goes_on_and_one_with_another_file_is_refused()
    {
        Write("a 1 2\nb 3 4\n");
        var project = Project("n*:int64,v:double,w:double", "outputDocVec=1", "docIdOut=n;vectorOut=v,w", "docId=n;token=t", "pi_HASH");
        var run = new EngineRun(project).Publish("s", "i,n,1,,,7,a");
        var snapshot = new MemoryStream();
        run.Engine.WriteSnapshot(snapshot);

        var restored = new EngineRun(project);
        restored.Engine.RestoreSnapshot(new MemoryStream(snapshot.ToArray()));
        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());
        run.Take("c");
        foreach (var one in new[] { run, restored })
        {
            one.At(1).Publish("s", "i,n,2,,,7,b");
            Assert.Equal(["UB,N,7,2,3", "D,N,7,1,2"], one.Take("c"));
        }

        Assert.Equal(run.Engine.Digest(), restored.Engine.Digest());

        Write("a 1 2\nb 3 4.0001\n");
        var other = new EngineRun(project);
        Assert.NotEqual(new EngineRun(project).Publish("s", "i,n,1,,,7,a").Engine.Digest(), run.Engine.Digest());
        var error = Assert.Throws<SnapshotFormatException>(() => other.Engine.RestoreSnapshot(new MemoryStream(snapshot.ToArray())));
        Assert.Contains("other word vectors", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a 1 2\nb 3", "", "LS2302", "Line 2 of word vectors 'words.txt' has 1 numbers")]
    [InlineData("a 1 two", "", "LS2302", "has 'two' where a number")]
    [InlineData("a 1 1e999", "", "LS2302", "has '1e999' where a number")]
    [InlineData("a,1,2", "", "LS2302", "wordVecDelimiter")]
    [InlineData("\n \n", "", "LS2302", "no word vectors in 'words.txt'")]
    [InlineData("a 1", "wordVecDelimiter=SEMICOLON", "LS2302", "one of COMMA, SPACE, TAB")]
    [InlineData("a 1", "wordVec=", "LS2302", "wordVec is missing")]
    [InlineData("a 1", "wordVec=other.txt", "LS2402", "no file 'other.txt'")]
    [InlineData("a 1", "wordVec=../words.txt", "LS2402", "no file '../words.txt'")]
    public void What_is_wrong_with_a_file_is_said_at_its_window(string file, string parameters, string code, string message)
    {
        Write(file);
        var problem = Assert.Single(ProjectEngine.Build(Project("id*:int64,v:double", parameters, "vectorOut=v")).Problems);
        Assert.Equal((code, "p/cq/c"), (problem.Code, problem.Path));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    private EngineRun Run(
        string file, string schema, string parameters, string outputs, string inputs = "docId=id;token=t", string index = "pi_EMPTY")
    {
        Write(file);
        return new EngineRun(Project(schema, parameters, outputs, inputs, index));
    }

    private void Write(string text) => File.WriteAllText(Path.Combine(_folder.FullName, "words.txt"), text);

    private ProjectDefinition Project(
        string schema, string parameters, string outputs, string inputs = "docId=id;token=t", string index = "pi_EMPTY") =>
        EngineRun.Read(Model("TextVectorization", schema, $"wordVec=words.txt;{parameters}", inputs, outputs)
            .Replace("\"TextVectorization\" index=\"pi_EMPTY\"", $"\"TextVectorization\" index=\"{index}\"", StringComparison.Ordinal)) with
        { Files = new ModelFileGrants { Folders = [_folder.FullName] } };
}

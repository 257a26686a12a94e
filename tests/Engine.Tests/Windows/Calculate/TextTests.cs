using static Lockstep.Engine.Tests.Windows.Calculate.AlgorithmRun;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>Tokenization and TFIDF by tables; what calculate windows do with keys, updates, deletes and wrong maps.</summary>
public sealed class TextTests
{
    private static readonly string Tokens = Model("Tokenization", "id*:int64,k*:int64,w:string,a:int32,b:int32", "", "docId=id;doc=t",
        "docIdOut=id;tokenIdOut=k;wordOut=w;startPosOut=a;endPosOut=b");

    private static readonly string Terms = Model("TFIDF", "n:int64,id*:int64,tok:string,tf:double,idf:double,tfidf:double", "",
        "docId=n;tokenId=id;token=t", "docIdOut=n;tokenIdOut=id;tokenOut=tok;tfOut=tf;idfOut=idf;tfidfOut=tfidf");

    [Theory]
    [InlineData("Don't you-know? (+50.4%)", "Don't 0 4|you-know 6 13|? 14 14|( 16 16|+ 17 17|50.4 18 21|% 22 22|) 23 23")]
    [InlineData("@sas #Fun a.b. x_1", "@ 0 0|sas 1 3|# 5 5|Fun 6 8|a 10 10|. 11 11|b 12 12|. 13 13|x_1 15 17")]
    [InlineData("naïve \U0001F600’s -", "naïve 0 4|\U0001F600 6 7|’ 8 8|s 9 9|- 11 11")]
    [InlineData("  ", "")]
    public void Words_and_marks_are_tokens(string text, string expected)
    {
        var lines = new EngineRun(Tokens).Publish("s", $"i,n,5,,,,{text}").Take("c");

        Assert.Equal(
            expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Select((t, i) => $"I,N,5,{i + 1},{t.Replace(' ', ',')}"), lines);
    }

    [Fact]
    public void Terms_count_in_the_document_that_runs()
    {
        var lines = new EngineRun(Terms).Publish("s", "i,n,1,,,7,a", "i,n,2,,,7,b", "i,n,3,,,7,a", "i,n,4,,,8,a", "i,n,5,,,9,b", "i,n,6,,,9,").Take("c");

        Near([7, 1, 1, 0, 0], Without(lines[0]), "first");
        Near([7, 3, 2.0 / 3, 0, 0], Without(lines[2]), "again");
        Near([8, 4, 1, 0, 0], Without(lines[3]), "in both documents");
        Near([9, 5, 1, Math.Log(1.5), Math.Log(1.5)], Without(lines[4]), "in two of three");
        Assert.Equal("I,N,9,6,-,-,-,-", lines[5]);
        static double[] Without(string line) => Numbers(string.Join(',', line.Split(',').Where((_, i) => i != 4)), 0);
    }

    [Fact]
    public void Restored_windows_go_on()
    {
        var lines = Enumerable.Range(0, 40).Select(i => $"i,n,{i},,,{i / 7},w{i * i % 11} and more").ToArray();
        RestoresTo(Tokens, lines);
        RestoresTo(Terms, lines);
    }

    [Fact]
    public void Updates_and_deletes_follow_the_stored_rows()
    {
        string Of(string algorithm, string outputs, string inputs, string parameters = "") => Model(
            algorithm, "id*:int64,x:double,c:double", parameters, inputs, outputs)
            .Replace(" insert-only=\"true\" index=\"pi_EMPTY\"", "", StringComparison.Ordinal).Replace(" index=\"pi_EMPTY\"", "", StringComparison.Ordinal);
        var run = new EngineRun(Of("Correlation", "corOut=c", "x=x;y=y"));
        run.Publish("s", "i,n,1,1,1", "i,n,2,2,3", "u,n,1,3,5", "d,n,2");
        Assert.Equal(["I,N,1,1,-", "I,N,2,2,1", "UB,N,1,3,1", "D,N,1,1,-", "D,N,2,2,1"], run.Take("c"));

        // Not every event gives a row, so the delete of one that gave none is silent.
        var some = new EngineRun(Of("DistributionFitting", "muOut=c", "x=x", "windowLength=2;overlap=0;distribution=Normal"));
        some.Publish("s", "i,n,1,1", "i,n,2,3", "d,n,1", "u,n,2,5", "i,n,3,7", "d,n,2");
        Assert.Equal(["I,N,2,3,2", "I,N,3,7,6", "D,N,2,3,2"], some.Take("c"));
        Assert.Empty(some.BadEvents);
    }

    [Fact]
    public void A_result_without_key_is_a_bad_event()
    {
        var run = new EngineRun(Model("MRR", "n*:int64,r:double", "rangeWindowLength=1", "input=x;timeId=n", "timeIdOut=n;rangeOut=r"));
        run.Publish("s", "i,n,1,5,,3", "i,n,2,6,,");

        Assert.Equal(["I,N,3,0"], run.Take("c"));
        Assert.Contains("no value for key n", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("STFT", "windowLength=8;fftLength=4;binsInSchema=4", "input=x", "LS2302", "at least windowLength")]
    [InlineData("STFT", "windowLength=8;overlap=8", "input=x", "LS2302", "must be below windowLength")]
    [InlineData("STFT", "windowType=8;windowLength=8", "input=x", "LS2302", "1 to 7 and 10 to 16")]
    [InlineData("STFT", "windowLength=many", "input=x", "LS2302", "a whole number from 1")]
    [InlineData("ROC", "cutStep=0.1", "input=x;response=t", "LS2302", "Parameter event is missing")]
    [InlineData("LagMonitor", "minLag=5;maxLag=2", "input=x;target=y", "LS2302", "above maxLag")]
    [InlineData("SST", "maxPrincipal=3", "inputs=x,y", "LS2302", "There are 2 inputs")]
    [InlineData("FitStat", "", "inputs=x;response=t", "LS2302", "an input for each class")]
    [InlineData("Correlation", "", "x=x", "LS2303", "no 'y'")]
    [InlineData("Correlation", "", "x=x;y=t", "LS2303", "must be a field of the input window: a number")]
    [InlineData("Histogram", "", "input=x", "LS2304", "a number or array(dbl)")]
    public void What_does_not_fit_is_said(string algorithm, string parameters, string inputs, string code, string message)
    {
        var output = algorithm == "Histogram" ? "binCentersOut=t" : "";
        var model = Model(algorithm, "id*:int64,t:string", parameters, inputs, output);

        var problems = Lockstep.Engine.Execution.ProjectEngine.Build(EngineRun.Read(model)).Problems;
        Assert.Contains(problems, p => p.Code == code && p.Message.Contains(message, StringComparison.Ordinal));
    }
}

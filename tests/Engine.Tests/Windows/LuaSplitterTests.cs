using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>splitter-lua: a function gives each event its slot, and what it remembers is state of the window.</summary>
public sealed class LuaSplitterTests
{
    private const string Schema = "<schema-string>k*:int64,v:double</schema-string>";

    private static string Model(string code, string more = "") => $"""
        <project name="p"><contqueries><contquery name="cq"><windows>
        <window-source name="s">{Schema}<splitter-lua function="slot"{more}><use>v</use><code>{code}</code></splitter-lua></window-source>
        <window-copy name="zero"/><window-copy name="one"/><window-copy name="all"/>
        </windows><edges><edge source="s" target="zero" slot="0"/><edge source="s" target="one" slot="1"/><edge source="s" target="all"/>
        </edges></contquery></contqueries></project>
        """;

    [Fact]
    public void A_number_a_truth_or_nothing_is_the_slot()
    {
        var run = new EngineRun(Model("""
            function slot(event, context)
              if event.k ~= nil or context.window ~= 's' then error('only v was asked for') end
              if event.v == nil then return nil end
              if event.v == 1 then return 1 end
              if event.v == 2 then return 1.0 end
              if event.v == 3 then return true end
              if event.v == 4 then return false end
              if event.v == 5 then return 7 end
              return 'far'
            end
            """)).Publish("s", "i,n,1,1", "i,n,2,2", "i,n,3,3", "i,n,4,4", "i,n,5,5", "i,n,6,6", "i,n,7,");

        Assert.Equal(["I,N,1,1", "I,N,2,2", "I,N,3,3"], run.Take("one"));
        Assert.Equal(["I,N,4,4", "I,N,7,-"], run.Take("zero"));
        Assert.Equal(7, run.Take("all").Length);
        Assert.Contains("gave no slot number but 'far'", Assert.Single(run.BadEvents), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_that_changes_its_slot_is_an_insert_there_and_a_delete_here()
    {
        var run = new EngineRun(Model("function slot(e) return e.v &gt; 10 end")).Publish("s", "i,n,1,5").Publish("s", "u,n,1,50");
        Assert.Equal(["I,N,1,50"], run.Take("one"));
        Assert.Equal(["I,N,1,5", "D,N,1,5"], run.Take("zero"));
    }

    [Fact]
    public void What_it_remembers_goes_with_a_snapshot()
    {
        var xml = Model("n = 0 function slot() n = n + 1 return n % 2 end");
        var run = new EngineRun(xml).Publish("s", "i,n,1,1");
        using var snapshot = new MemoryStream();
        run.Engine.WriteSnapshot(snapshot);
        snapshot.Position = 0;
        var other = new EngineRun(xml);
        other.Engine.RestoreSnapshot(snapshot);
        Assert.Equal(run.Engine.Digest(), other.Engine.Digest());
        Assert.Equal(["I,N,2,1"], other.At(5).Publish("s", "i,n,2,1").Take("zero"));
    }

    [Theory]
    [InlineData("function slot(", "", "LS2401")]
    [InlineData("function other() end", "", "LS2403")]
    public void What_does_not_load_is_reported(string code, string more, string expected) =>
        Assert.Contains(ProjectEngine.Build(EngineRun.Read(Model(code, more))).Problems, p => p.Code == expected && p.Position.Line == 2);

    [Fact]
    public void It_is_written_as_it_was_read()
    {
        var project = EngineRun.Read(Model("function slot() return 1 end", " init=\"begin\""));
        var text = ProjectXmlWriter.Write(project);
        var again = ProjectXmlReader.Read(text).Project!;
        Assert.Equal(ProjectDigest.Compute(project), ProjectDigest.Compute(again));
        var splitter = again.ContinuousQueries[0].Windows[0].Splitter!;
        Assert.Equal(("slot", "begin", "function slot() return 1 end"), (splitter.Function, splitter.Script!.Init, splitter.Script.Code.Text));
    }
}

using System.Globalization;
using Lockstep.Contracts.Events;
using Lockstep.Engine.Execution;

namespace Lockstep.Engine.Tests.Windows;

/// <summary>State of aggregate windows: snapshots, digests and memory.</summary>
public sealed class AggregateStateTests
{
    private static readonly string[] Functions =
    [
        "Sum(x)", "Sum(q)", "Sum(m)", "Ave(x)", "Std(x)", "WAve(q,x)", "Count()", "CountNonNull(x)", "Min(x)", "Max(q)", "First(x)",
        "Last(x)", "Lag(x,1)", "SumTimed(x,3)", "MinTimed(x,2)", "CountTimed(2)", "Median(x)", "CountDistinct(k)",
        "CountOpcodes(2)", "CountOpcodes(4)", "LastOpcode(1)", "Gini(x)", "Kurtosis(x)",
    ];

    private const string Input = "id*:int64,k:string,q:int32,x:double,m:money,v:array(dbl)";

    private static readonly string Fields = string.Join(',', Functions.Select((_, i) => $"f{i}:double"));
    private static readonly string Expressions = string.Concat(Functions.Select(f => $"<field-expr>ESP_a{f}</field-expr>"));

    private static readonly string Model = EngineRun.Query($"""
        <window-source name="s"><schema-string>{Input}</schema-string></window-source>
        <window-source name="e" index="pi_EMPTY"><schema-string>{Input}</schema-string></window-source>
        <window-source name="i" index="pi_EMPTY" insert-only="true"><schema-string>{Input}</schema-string></window-source>
        <window-copy name="c"><retention type="bytime_sliding">4 seconds</retention></window-copy>
        <window-aggregate name="a"><schema-string>{Fields},k*:string,ave:array(dbl),cat:string</schema-string>
          <output>{Expressions}
            <field-expr>ESP_aAve(v)</field-expr><field-expr>ESP_aCat(k,'+') &amp; k</field-expr></output></window-aggregate>
        <window-aggregate name="b"><expr-initialize><initializer type="int32">integer n n=0</initializer></expr-initialize>
          <schema-string>k*:string,q*:int32,{Fields},n:int64</schema-string>
          <output>{Expressions}<field-expr>n=n+1 return n</field-expr></output></window-aggregate>
        <window-aggregate name="d"><schema-string>k*:string,{Fields}</schema-string><output>{Expressions}</output></window-aggregate>
        """, "s>c c>a e>b i>d");

    [Fact]
    public void A_restored_engine_goes_on_as_the_original()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var (one, other) = (new EngineRun(Model), new EngineRun(Model));
            var time = 0.0;
            for (var step = 0; step < 60; step++)
            {
                time += random.NextDouble();
                var source = "sei"[random.Next(3)].ToString();
                var lines = Events(random, source == "i");
                foreach (var run in new[] { one, other })
                {
                    run.At(time).Publish(source, lines).Tick();
                }

                foreach (var window in new[] { "a", "b", "d" })
                {
                    Assert.Equal(one.Take(window), other.Take(window));
                }

                // It does not depend on how often it is asked for.
                var digest = one.Engine.Digest();
                if (step % 5 == 4)
                {
                    Assert.Equal(digest, other.Engine.Digest());
                }

                Assert.Equal(one.BadEvents, other.BadEvents);
                other = random.Next(8) == 0 ? RestoredRun.Of(one, Model) : other;
            }
        }
    }

    [Fact]
    public void The_digest_tells_histories_apart()
    {
        var digests = new HashSet<ulong>();
        string[][] histories =
        [
            [], ["i,n,1,a,1,1"], ["i,n,1,a,1,2"], ["i,n,1,b,1,1"], ["i,n,2,a,1,1"], ["i,n,1,a,1,1", "i,n,2,a,1,1"],
            ["i,n,1,a,1,1", "i,n,2,a,1,1", "d,n,1"], ["i,n,1,a,1,1", "u,n,1,a,1,1"],
        ];
        foreach (var history in histories)
        {
            Assert.True(digests.Add(new EngineRun(Model).Publish("s", history).Engine.Digest()), string.Join(' ', history));
        }
    }

    [Fact]
    public void A_window_that_slides_allocates_nothing_and_takes_no_more_groups_than_there_are()
    {
        var built = ProjectEngine.Build(EngineRun.Read(EngineRun.Query("""
            <window-source name="s" insert-only="true" autogen-key="true" index="pi_EMPTY">
              <schema-string>id*:int64,k:string,x:double</schema-string></window-source>
            <window-copy name="c"><retention type="bycount_sliding">1000</retention></window-copy>
            <window-aggregate name="a">
              <schema-string>k*:string,n:int64,sum:double,ave:double,min:double,max:double,std:double</schema-string>
              <output><field-expr>ESP_aCount()</field-expr><field-expr>ESP_aSum(x)</field-expr><field-expr>ESP_aAve(x)</field-expr>
              <field-expr>ESP_aMin(x)</field-expr><field-expr>ESP_aMax(x)</field-expr>
              <field-expr>ESP_aStd(x)</field-expr></output></window-aggregate>
            """, "s>c c>a")));
        var engine = built.Engine!;
        var source = engine.Find("cq", "s");
        var block = new EventBlock(engine.SchemaOf(source));
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            block.AppendObjects(Opcode.Insert, EventFlags.None, null, $"key{i % 40}", random.NextDouble());
        }

        var output = new CountingOutput();
        long Run(int steps)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < steps; i++)
            {
                engine.Begin(new StepTime(1, 1, 1));
                engine.Publish(source, block, output);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Run(50);
        var bytes = Run(200);
        Assert.True(bytes == 0, $"{bytes} bytes in 200 blocks.");
        Assert.Equal(80, output.LastEvents); // An update block and a delete for each of 40 groups.
    }

    private static string[] Events(Random random, bool insertOnly)
    {
        string[] opcodes = insertOnly ? ["i"] : ["p", "p", "p", "d", "sd", "i", "u"];
        return [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
        {
            var x = random.Next(6) == 0 ? (double?)null : random.NextDouble() * 40;
            var k = random.Next(7) == 0 ? "" : "abc"[random.Next(3)].ToString();
            var v = random.Next(4) == 0 ? "" : random.Next(2) == 0 ? "[1;;2.5]" : "[3]";
            return string.Create(CultureInfo.InvariantCulture,
                $"{opcodes[random.Next(opcodes.Length)]},n,{random.Next(12)},{k},{random.Next(4)},{x},{random.Next(1000) / 100m},{v}");
        })];
    }

    private sealed class CountingOutput : IWindowOutput
    {
        public int LastEvents { get; private set; }

        public void OnBlock(WindowId window, EventBlock block) => LastEvents = block.Count;

        public void OnBadEvent(WindowId window, string message) => throw new InvalidOperationException(message);
    }
}

using System.Globalization;
using Lockstep.Engine.State;

namespace Lockstep.Engine.Tests.State;

/// <summary>
/// Random histories on a project with every kind of window: two engines agree on digest and output after each step, and an engine
/// restored from a snapshot goes on as the original does.
/// </summary>
public sealed class SnapshotTests
{
    private static readonly string Model = EngineRun.Query("""
        <window-source name="s"><schema-string>id*:int64,k:string,x:double,t:stamp,m:money</schema-string>
          <splitter-expr><expr-initialize><initializer type="int32">integer calls calls=0</initializer></expr-initialize>
            <expression>calls = calls + 1 return calls % 3 == 0</expression></splitter-expr></window-source>
        <window-source name="auto" insert-only="true" autogen-key="true" index="pi_EMPTY"><schema-string>id*:int64,x:int64</schema-string></window-source>
        <window-copy name="time"><retention type="bytime_sliding">7 seconds</retention></window-copy>
        <window-copy name="jump"><retention type="bytime_jumping">5 seconds</retention></window-copy>
        <window-copy name="field"><retention type="bytime_sliding" field="t">4 seconds</retention></window-copy>
        <window-copy name="count"><retention type="bycount_jumping">6</retention></window-copy>
        <window-filter name="filter"><expression>x &gt; 20 and k != 'b'</expression></window-filter>
        <window-compute name="compute">
          <expr-initialize><initializer type="int32">integer n n=0 string last real sum sum=0.5</initializer></expr-initialize>
          <schema-string>id*:int64,n:int64,y:double,last:string</schema-string>
          <output><field-expr>n = n + 1 return n</field-expr><field-expr>sum = sum * 0.5 + x return sum</field-expr>
            <field-expr>private string old old = last last = k return old &amp; '/' &amp; k</field-expr></output></window-compute>
        <window-functional name="functional"><schema-string>id*:int64,x:double,n:int64,r:double</schema-string>
          <function-context><functions><function name="n">eventCounter()</function>
            <function name="r">random(0,1)</function></functions></function-context></window-functional>
        <window-calculate name="summary" algorithm="Summary"><schema-string>id*:int64,sum:double,min:double,std:double,n:int64</schema-string>
          <parameters><properties><property name="windowLength">5</property></properties></parameters>
          <input-map><properties><property name="input">x</property></properties></input-map>
          <output-map><properties><property name="sumOut">sum</property><property name="minOut">min</property>
            <property name="stdOut">std</property><property name="nOut">n</property></properties></output-map></window-calculate>
        <window-calculate name="all" algorithm="Summary"><schema-string>id*:int64,max:double,var:double</schema-string>
          <input-map><properties><property name="input">x</property></properties></input-map>
          <output-map><properties><property name="maxOut">max</property><property name="varOut">var</property></properties></output-map></window-calculate>
        """, "s>time s>jump:1 s>field s>count:0 time>filter time>compute s>functional time>summary auto>all");

    private static readonly string[] Windows =
        ["s", "auto", "time", "jump", "field", "count", "filter", "compute", "functional", "summary", "all"];

    [Fact]
    public void Engines_with_one_history_agree_and_a_restored_one_goes_on_the_same()
    {
        for (var seed = 1; seed <= 15; seed++)
        {
            Play(seed);
        }
    }

    [Fact]
    public void A_different_history_gives_a_different_digest()
    {
        var (one, other) = (new EngineRun(Model), new EngineRun(Model));
        Assert.Equal(one.Engine.Digest(), other.Engine.Digest());
        one.Publish("s", "i,n,1,a,1,1,1");
        Assert.NotEqual(one.Engine.Digest(), other.Engine.Digest());
        other.Publish("s", "i,n,1,a,1,1,2");
        Assert.NotEqual(one.Engine.Digest(), other.Engine.Digest());
    }

    [Fact]
    public void The_digest_of_a_known_history_never_changes()
    {
        var run = new EngineRun(Model);
        run.At(1).Publish("s", "i,n,1,abc,1.5,1000000,2.50", "i,n,2,,,,", "u,n,1,d,30,3000000,1", "d,n,2,,,,").Publish("auto", "i,n,,5").Tick();

        Assert.Equal("b734dc4666da902e", run.Engine.Digest().ToString("x16", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void A_damaged_or_foreign_snapshot_is_refused_and_changes_nothing()
    {
        var run = new EngineRun(Model).At(1).Publish("s", "i,n,1,a,1,1,1", "i,n,2,b,1,1,1").Publish("auto", "i,n,,5");
        var bytes = Snapshot(run);
        var target = new EngineRun(Model).Publish("auto", "i,n,,9");
        var digest = target.Engine.Digest();
        for (var i = 0; i < bytes.Length; i += 17)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[i] ^= 0x41;
            Assert.Throws<SnapshotFormatException>(() => target.Engine.RestoreSnapshot(new MemoryStream(damaged)));
            Assert.Throws<SnapshotFormatException>(() => target.Engine.RestoreSnapshot(new MemoryStream(bytes[..i])));
        }

        Assert.Equal(digest, target.Engine.Digest());
        var foreign = new EngineRun(EngineRun.Query("<window-source name='s'><schema-string>id*:int64</schema-string></window-source>", ""));
        var error = Assert.Throws<SnapshotFormatException>(() => foreign.Engine.RestoreSnapshot(new MemoryStream(bytes)));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
        target.Engine.RestoreSnapshot(new MemoryStream(bytes));
        Assert.Equal(run.Engine.Digest(), target.Engine.Digest());
    }

    private static byte[] Snapshot(EngineRun run)
    {
        var stream = new MemoryStream();
        run.Engine.WriteSnapshot(stream);
        return stream.ToArray();
    }

    private static void Play(int seed)
    {
        var random = new Random(seed);
        var (one, other) = (new EngineRun(Model), new EngineRun(Model));
        var time = 0.0;
        for (var step = 0; step < 60; step++)
        {
            time += random.Next(4) == 0 ? random.NextDouble() * 5 : random.NextDouble();
            var (window, lines) = random.Next(4) == 0 ? ("auto", Autos(random)) : ("s", Events(random, time));
            foreach (var run in new[] { one, other })
            {
                run.At(time).Publish(window, isTransactional: step % 7 == 0, lines).Tick();
            }

            var where = string.Create(CultureInfo.InvariantCulture, $"seed {seed}, step {step}");
            Assert.All(Windows, w => Assert.True(one.Take(w).SequenceEqual(other.Take(w)), $"{where}: output of {w} differs"));
            Assert.True(one.Engine.Digest() == other.Engine.Digest(), $"{where}: digests differ");
            Assert.Equal(one.BadEvents, other.BadEvents);
            if (random.Next(10) == 0)
            {
                other = Restored(one, other, where);
            }
        }
    }

    private static EngineRun Restored(EngineRun one, EngineRun other, string where)
    {
        var bytes = Snapshot(one);
        var fresh = new EngineRun(Model);
        fresh.Engine.RestoreSnapshot(new MemoryStream(bytes));
        Assert.True(one.Engine.Digest() == fresh.Engine.Digest(), $"{where}: the restored digest differs");
        Assert.True(bytes.AsSpan().SequenceEqual(Snapshot(fresh)), $"{where}: the restored snapshot differs");
        Assert.Equal(one.Engine.NextExpiry, fresh.Engine.NextExpiry);
        Assert.Equal(one.Engine.BadEvents, fresh.Engine.BadEvents);
        fresh.ContinueFrom(other);
        return fresh;
    }

    private static string[] Autos(Random random) =>
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(5) == 0 ? "i,n,," : $"i,n,,{random.Next(-50, 50)}")];

    private static string[] Events(Random random, double time)
    {
        string[] opcodes = ["i", "i", "i", "u", "p", "p", "d", "sd"];
        return [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
        {
            var opcode = opcodes[random.Next(opcodes.Length)];
            var stamp = (long)((time + (random.NextDouble() * 4) - 3) * 1_000_000);
            var flag = random.Next(5) == 0 ? "p" : "n";
            var x = random.Next(6) == 0 ? (double?)null : random.NextDouble() * 40;
            return string.Create(CultureInfo.InvariantCulture,
                $"{opcode},{flag},{random.Next(12)},{"abc"[random.Next(3)]},{x},{stamp},{random.Next(1000) / 100m}");
        })];
    }
}

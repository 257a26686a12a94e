using System.Globalization;
using System.Numerics;
using static Lockstep.Engine.Tests.Windows.Calculate.AlgorithmRun;

namespace Lockstep.Engine.Tests.Windows.Calculate;

/// <summary>STFT, Cepstrum, LagMonitor, MRR and SST against what plain loops give for each window.</summary>
public sealed class SignalTests
{
    private static Complex[] Transform(Complex[] values, int sign)
    {
        var result = new Complex[values.Length];
        for (var k = 0; k < values.Length; k++)
        {
            for (var n = 0; n < values.Length; n++)
            {
                result[k] += values[n] * Complex.FromPolarCoordinates(1, sign * 2 * Math.PI * ((long)k * n % values.Length) / values.Length);
            }
        }

        return result;
    }

    [Theory]
    [InlineData(8, 16, 3)]
    [InlineData(12, 30, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(7, 7, -1)]
    public void Frames_are_transformed_when_complete(int length, int size, int overlap)
    {
        var values = Series(7, 60);
        var hop = overlap < 0 ? 1 : length - overlap;
        var run = new EngineRun(Model("STFT", "id*:int64,bin*:int64,power:double,phase:double",
            $"windowLength={length};windowType=14;fftLength={size};overlap={overlap};binsInSchema={size}", "input=x;timeId=id",
            "timeIdOut=id;binOut=bin;powerOut=power;phaseOut=phase"));
        var lines = run.Publish("s", Lines(values)).Take("c");

        var ends = Enumerable.Range(0, 60).Where(e => e + 1 >= length && (e + 1 - length) % hop == 0).ToArray();
        Assert.Equal(ends.Length * size, lines.Length);
        for (var f = 0; f < ends.Length; f++)
        {
            var frame = new Complex[size];
            for (var n = 0; n < length; n++)
            {
                var weight = length == 1 ? 1 : 0.54 - (0.46 * Math.Cos(2 * Math.PI * n / (length - 1)));
                frame[n] = values[ends[f] - length + 1 + n] * weight;
            }

            var spectrum = Transform(frame, -1);
            for (var k = 0; k < size; k++)
            {
                var got = Numbers(lines[(f * size) + k], 0);
                Assert.Equal(ends[f], got[0]);
                Assert.Equal(k, got[1]);
                Near(spectrum[k].Magnitude * spectrum[k].Magnitude, got[2], $"frame {f}, bin {k}", 1e-8);
                if (spectrum[k].Magnitude > 1e-6)
                {
                    Near(0, Math.Sin(spectrum[k].Phase - got[3]), $"angle of frame {f}, bin {k}", 1e-7);
                }
            }
        }
    }

    [Fact]
    public void Lists_hold_all_bins_in_one_event()
    {
        var run = new EngineRun(Model("STFT", "key*:int64,id:int64,p:array(dbl),f1:double,f2:double,f3:array(dbl)",
            "windowLength=4;windowType=7;fftLength=4;overlap=0;binsInSchema=4", "input=x;timeId=id",
            "keyOut=key;timeIdOut=id;powerListOut=p[1-3];phaseListOut=f1,f2,f3"));

        Assert.Equal(
            ["I,N,0,3,[100;8;4],0,2.356194490192345,[3.141592653589793;-2.356194490192345]"],
            run.Publish("s", Lines([1, 2, 3, 4, 5, 6])).Take("c").Select(l => l.Replace("8.000000000000002", "8", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(16, 0, 3)]
    [InlineData(15, 0, 3)]
    [InlineData(16, 1, 3)]
    [InlineData(9, 1, 0)]
    public void Cepstrum_is_the_transform_of_the_logarithm(int length, int isComplex, int overlap)
    {
        var values = Series(11, 50);
        var run = new EngineRun(Model("Cepstrum", "id*:int64,c:array(dbl)",
            $"windowLength={length};windowType=7;overlap={overlap};complexCepstrum={isComplex}", "input=x;timeId=id",
            $"timeIdOut=id;cepstrumListOut=c[1-{length}]"));
        var lines = run.Publish("s", Lines(values)).Take("c");

        var frames = 0;
        for (var end = length - 1; end < values.Length; end += length - overlap)
        {
            var spectrum = Transform([.. values[(end - length + 1)..(end + 1)].Select(v => new Complex(v, 0))], -1);
            var angles = spectrum.Select(s => isComplex == 1 ? Math.Atan2(s.Imaginary, s.Real) : 0).ToArray();
            for (var i = 1; i < length && isComplex == 1; i++)
            {
                while (angles[i] - angles[i - 1] > Math.PI)
                {
                    angles[i] -= 2 * Math.PI;
                }

                while (angles[i] - angles[i - 1] < -Math.PI)
                {
                    angles[i] += 2 * Math.PI;
                }
            }

            var middle = (length + 1) / 2;
            var turns = isComplex == 1 ? Math.Round(angles[middle] / Math.PI) : 0;
            var logs = spectrum.Select((s, i) => new Complex(Math.Log(s.Magnitude), angles[i] - (Math.PI * turns * i / middle))).ToArray();
            var expected = Transform(logs, 1).Select(c => c.Real / length).ToArray();
            Near(expected, Items(lines[frames].Split(',')[3]), $"frame {frames}", 1e-7);
            frames++;
        }

        Assert.Equal(frames, lines.Length);
    }

    [Theory]
    [InlineData(20, 0, 4, -1)]
    [InlineData(9, -3, 3, -1)]
    [InlineData(10, 2, 30, 5)]
    public void Lags_are_those_of_the_window_taken_anew(int length, int least, int most, int overlap)
    {
        var (x, y) = (Series(3, 150), Series(4, 150));
        for (var i = 2; i < 150; i++)
        {
            y[i] = (2 * x[i - 2]) + (0.1 * y[i]);
        }

        var run = new EngineRun(Model("LagMonitor",
            "id*:int64,a:double,al:int64,b:double,bl:int64,c:double,cl:int64,n:int64",
            $"minLag={least};maxLag={most};windowLength={length};overlap={overlap}", "input=x;target=y;timeId=id",
            "absCCFOut=a;absLagOut=al;maxCCFOut=b;maxLagOut=bl;minCCFOut=c;minLagOut=cl;numComputedLagsOut=n;timeIdOut=id"));
        var lines = run.Publish("s", Lines(x, y)).Take("c");

        foreach (var line in lines)
        {
            var got = Numbers(line, 0);
            var end = (int)got[0];
            var start = Math.Max(0, end + 1 - length);
            var (wx, wy) = (x[start..(end + 1)], y[start..(end + 1)]);
            var (mx, my) = (wx.Average(), wy.Average());
            var scale = Math.Sqrt(wx.Sum(v => (v - mx) * (v - mx)) * wy.Sum(v => (v - my) * (v - my)));
            var found = new List<(double Value, int Lag)>();
            for (var lag = least; lag <= most && scale > 0; lag++)
            {
                var sum = 0.0;
                for (var t = Math.Max(0, lag); t < Math.Min(wx.Length, wx.Length + lag); t++)
                {
                    sum += (wx[t - lag] - mx) * (wy[t] - my);
                }

                if (wx.Length - Math.Abs(lag) >= 2)
                {
                    found.Add((sum / scale, lag));
                }
            }

            var none = (double.NaN, 0);
            var farthest = found.Count == 0 ? none : found.MaxBy(f => Math.Abs(f.Value));
            var largest = found.Count == 0 ? none : found.MaxBy(f => f.Value);
            var smallest = found.Count == 0 ? none : found.MinBy(f => f.Value);
            Near([farthest.Item1, largest.Item1, smallest.Item1], [got[1], got[3], got[5]], $"event {end}");
            Assert.Equal(found.Count, got[7]);
            if (wx.Length == 20)
            {
                Assert.Equal([2, 2, smallest.Item2], new[] { got[2], got[4], got[6] });
            }
        }

        Assert.Equal(overlap < 0 ? 150 : ((150 - length) / (length - overlap)) + 1, lines.Length);
    }

    [Fact]
    public void Ranges_and_their_mean_move()
    {
        var values = Series(5, 80);
        var run = new EngineRun(Model("MRR", "id*:int64,r:double,e:double", "rangeWindowLength=4;expRangeWindowLength=3",
            "input=x;timeId=id", "timeIdOut=id;rangeOut=r;erangeOut=e"));
        var lines = run.Publish("s", Lines(values)).Take("c");

        double RangeAt(int end) => end < 3 ? double.NaN : values[(end - 3)..(end + 1)].Max() - values[(end - 3)..(end + 1)].Min();
        for (var i = 0; i < values.Length; i++)
        {
            Near([RangeAt(i), i < 5 ? double.NaN : (RangeAt(i) + RangeAt(i - 1) + RangeAt(i - 2)) / 3], Numbers(lines[i], 1), $"event {i}");
        }
    }

    [Theory]
    [InlineData("windowLength=0;meanForgetFactor=0.9;covForgetFactor=0.8")]
    [InlineData("windowLength=12;overlap=9")]
    public void Vectors_are_eigenvectors_of_the_covariance(string parameters)
    {
        var (x, y) = (Series(21, 90), Series(22, 90));
        var run = new EngineRun(Model("SST", "id*:int64,a:double,r:double,k:int32,v1:double,v2:double,w:array(dbl)",
            parameters + ";maxPrincipal=2;eigvalTolCumulative=1", "inputs=x,y",
            "projAngleOut=a;residualOut=r;numRankOut=k;principalVecOut=v1,v2,w[1-2]"));
        var lines = run.Publish("s", Lines(x, y)).Take("c");

        double[] mean = [x[0], y[0]], covariance = [0, 0, 0];
        var next = 0;
        for (var i = 0; i < 90; i++)
        {
            if (parameters.Contains("=0;", StringComparison.Ordinal))
            {
                mean = i == 0 ? mean : [(0.9 * mean[0]) + (0.1 * x[i]), (0.9 * mean[1]) + (0.1 * y[i])];
                var (dx, dy) = (x[i] - mean[0], y[i] - mean[1]);
                covariance = [(0.8 * covariance[0]) + (0.2 * dx * dx), (0.8 * covariance[1]) + (0.2 * dx * dy), (0.8 * covariance[2]) + (0.2 * dy * dy)];
            }
            else if (i >= 11 && (i - 11) % 3 == 0)
            {
                var (wx, wy) = (x[(i - 11)..(i + 1)], y[(i - 11)..(i + 1)]);
                var (mx, my) = (wx.Average(), wy.Average());
                covariance = [wx.Sum(v => (v - mx) * (v - mx)), wx.Zip(wy).Sum(p => (p.First - mx) * (p.Second - my)), wy.Sum(v => (v - my) * (v - my))];
            }
            else
            {
                continue;
            }

            var got = lines[next++].Split(',');
            Assert.Equal(i, int.Parse(got[2], CultureInfo.InvariantCulture));
            if (got[5] != "2")
            {
                Assert.True(i == 0 || got[5] == "1", $"rank {got[5]} of event {i}");
                continue;
            }

            var vectors = new[] { double.Parse(got[6], CultureInfo.InvariantCulture), double.Parse(got[7], CultureInfo.InvariantCulture) }
                .Concat(Items(got[8])).ToArray();
            for (var v = 0; v < 4; v += 2)
            {
                var (a, b) = (vectors[v], vectors[v + 1]);
                var (ca, cb) = ((covariance[0] * a) + (covariance[1] * b), (covariance[1] * a) + (covariance[2] * b));
                Near(1, (a * a) + (b * b), $"length at {i}");
                Near(0, ((ca * b) - (cb * a)) / (covariance[0] + covariance[2]), $"direction at {i}", 1e-8);
                Assert.True(v == 0 ? (a * ca) + (b * cb) >= (covariance[0] + covariance[2]) / 2 : true, $"order at {i}");
            }

            Assert.Equal(next < 2 || (i == 1 && next == 2), got[3] == "-");
            if (next > 3 && got[3] != "-")
            {
                // Two eigenvectors of two variables span all there is.
                Near(0, double.Parse(got[4], CultureInfo.InvariantCulture), $"residual at {i}", 1e-6);
            }
        }

        Assert.Equal(lines.Length, next);
    }

    [Fact]
    public void Restored_windows_go_on()
    {
        var lines = Lines(Series(1, 60, 0.1), Series(2, 60, 0.1));
        RestoresTo(Model("STFT", "id*:int64,bin*:int64,power:double", "windowLength=8;fftLength=8;overlap=3;binsInSchema=8",
            "input=x;timeId=id", "timeIdOut=id;binOut=bin;powerOut=power"), lines);
        RestoresTo(Model("Cepstrum", "id*:int64,c:array(dbl)", "windowLength=8", "input=x;timeId=id", "timeIdOut=id;cepstrumListOut=c"), lines);
        RestoresTo(Model("LagMonitor", "id*:int64,a:double", "windowLength=7;maxLag=3", "input=x;target=y", "absCCFOut=a"), lines);
        RestoresTo(Model("MRR", "id*:int64,r:double,e:double", "rangeWindowLength=4", "input=x", "rangeOut=r;erangeOut=e"), lines);
        RestoresTo(Model("SST", "id*:int64,a:double,c:double", "maxPrincipal=1", "inputs=x,y", "projAngleOut=a;PCAngleChangeOut=c"), lines);
        RestoresTo(Model("SST", "id*:int64,a:double", "maxPrincipal=1;windowLength=9", "inputs=x,y", "PCAbsoluteAngleOut=a"), lines);
    }
}

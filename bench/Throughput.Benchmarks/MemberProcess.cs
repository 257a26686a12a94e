using System.Threading.Channels;
using Lockstep.TestKit;

namespace Lockstep.Throughput.Benchmarks;

/// <summary>A member in a process of its own, asked over its standard input.</summary>
internal sealed class MemberProcess : IAsyncDisposable
{
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly ChildProcess _process;
    private bool _disposed;

    public MemberProcess(RunContext context, string name, string prefix, string inbound, bool csv, bool tapped = false)
    {
        Name = name;
        _process = ChildProcess.Start(
            "dotnet",
            [
                typeof(MemberProcess).Assembly.Location, "member", name, context.Cluster.BootstrapServers,
                context.Cluster.ZooKeeper!.ConnectString, context.FolderOf(prefix), prefix, inbound, csv ? "csv" : "binary",
                tapped ? "tap" : "-", context.Options.Compression,
            ],
            context.MemberEnvironment,
            onLine: line =>
            {
                if (line.StartsWith('{') || line.StartsWith('['))
                {
                    _answers.Writer.TryWrite(line);
                }
                else
                {
                    Console.Error.WriteLine($"{name}: {line}");
                }
            });
    }

    public string Name { get; }

    public async Task<MemberStatus> StatusAsync() => MemberStatus.Parse(await AskAsync("status", '{'));

    public async Task<string> LagAsync() => await AskAsync("lag", '[');

    public async Task BecomesAsync(string role)
    {
        MemberStatus? status = null;
        await Eventually.TrueAsync(
            async () => (status = await StatusAsync()).Role == role, TimeSpan.FromSeconds(60), () => $"{Name}: {status} {_process.Describe()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await _process.WriteLineAsync("stop");
            await _process.WaitForExitAsync(TimeSpan.FromSeconds(20));
        }

        await _process.DisposeAsync();
    }

    private async Task<string> AskAsync(string question, char begins)
    {
        await _process.WriteLineAsync(question);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        string line;
        do
        {
            line = await _answers.Reader.ReadAsync(limit.Token);
        }
        while (!line.StartsWith(begins));
        return line;
    }
}

using System.Collections.Immutable;
using System.Globalization;
using Lockstep.Connectors.Tests.Kafka;
using Lockstep.Contracts.Events;
using Lockstep.Contracts.Failover;
using Lockstep.Contracts.Projects;
using Lockstep.Engine.Execution;
using Lockstep.Kafka;
using Lockstep.TestKit;
using Lockstep.TestKit.Proxies;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lockstep.Connectors.Tests.Adapters;

/// <summary>Two publisher adapters of one group over real servers, each behind networks of its own, and the file they read.</summary>
internal sealed class InputGroup : IAsyncDisposable
{
    private static int _count;
    private readonly TempFolder _folder = new();
    private readonly FailoverCluster _cluster;
    private readonly string _onReplaced;
    private readonly string _prefix = $"i{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";
    private readonly CancellationTokenSource _stop = new();
    private readonly List<(IConnector Connector, Task Run)> _members = [];
    private readonly List<FaultProxy> _zooKeeper = [];
    private int _written;
    private bool _isBroken;

    public InputGroup(FailoverCluster cluster, string onReplaced = "stop")
    {
        _cluster = cluster;
        _onReplaced = onReplaced;
        File.WriteAllText(_folder.At("in.csv"), "");
    }

    /// <summary>Each member's way to Kafka.</summary>
    public IReadOnlyList<FaultProxy> Kafka => _cluster.Kafka.Networks;

    /// <summary>Each member's way to ZooKeeper.</summary>
    public IReadOnlyList<FaultProxy> ZooKeeper => _zooKeeper;

    private string Topic => TopicName.Inbound(_prefix + "_1", "p", "cq", "w");

    /// <summary>Starts the next member.</summary>
    public void Start()
    {
        var number = _members.Count;
        Kafka[number].Heal();
        Kafka[number].Kafka.Clear();
        _zooKeeper.Add(FaultProxy.Start(_cluster.Kafka.ZooKeeper!.Port));
        var config = _folder.At($"kafka{number}.cfg");
        File.WriteAllText(config, $$"""
            kafka
            {
            hostport = "{{Kafka[number].Addresses}}"
            metatopic = "{{_prefix}}.meta"
            }
            sas
            {
            hotfailover = true
            zookeeperhostport = "{{_zooKeeper[number].Addresses}}"
            failovergroup = "{{_prefix}}.inputs"
            }
            """);
        var url = $"dfESP://{_prefix}:1/p/cq/w";
        var command = $"dfesp_fs_adapter -C type=pub,fsname={_folder.At("in.csv")},fstype=csv,addcsvopcode=true,"
            + $"addcsvflags=normal,growinginputfile=true,blocksize=1,transport=kafka,transportconfigfile={config},onreplaced={_onReplaced}";
        var connector = ConnectorCatalog.Create(new ConnectorContext
        {
            Project = "p",
            Model = Rig.Model,
            Query = "cq",
            Window = new SourceWindowDefinition { Name = "w" },
            WindowId = new WindowId(0, 0),
            Schema = Rig.Schema,
            Definition = new ConnectorDefinition(
                "adapter", $"input-{number}", ConnectorDirection.Publish, true,
                new Dictionary<string, string> { ["command"] = command, ["url"] = url }.ToImmutableSortedDictionary(StringComparer.Ordinal), default),
            Substitutions = Substitutions.None,
            Worker = new WorkerIdentity { Member = $"input-{number}", Incarnation = $"{number}" },
            Feed = new BlockFeed(),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
        });
        _members.Add((connector, connector.RunAsync(_stop.Token)));
    }

    public ConnectorStatus Status(int member) => _members[member].Connector.Status;

    public async Task BecomesAsync(int member, MemberRole role)
    {
        var run = _members[member].Run;
        await Eventually.TrueAsync(
            () => Status(member).Role == role || run.IsCompleted, TimeSpan.FromSeconds(60),
            () => string.Join(Environment.NewLine, _members.Select(m => m.Connector.Status)));
        if (run.IsCompleted)
        {
            await run;
            Assert.Fail($"The adapter has ended: {Status(member)}");
        }
    }

    /// <summary>Appends lines with the next numbers.</summary>
    public void Append(int lines)
    {
        for (var i = 0; i < lines; i++)
        {
            File.AppendAllText(_folder.At("in.csv"), string.Create(CultureInfo.InvariantCulture, $"{++_written},row\n"));
        }
    }

    /// <summary>Appends a part of the next line; the next call appends its rest.</summary>
    public void AppendBroken()
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{_written + 1},row\n");
        var half = line.Length / 2;
        File.AppendAllText(_folder.At("in.csv"), _isBroken ? line[half..] : line[..half]);
        _written += _isBroken ? 1 : 0;
        _isBroken = !_isBroken;
    }

    /// <summary>Puts another file in the place of the one that is read, with the next numbers.</summary>
    public void Replace(int lines)
    {
        File.Move(_folder.At("in.csv"), _folder.At("old.csv"), overwrite: true);
        File.WriteAllText(_folder.At("in.csv"), "");
        Append(lines);
    }

    /// <summary>Waits until every line has come in and checks that each came once and in order.</summary>
    public async Task ExpectAllAsync()
    {
        using var reader = new PartitionReader(
            _cluster.Kafka.Bus, ReadIsolation.Committed, [new PartitionStart(Topic, PartitionStart.Earliest)], NullLogger.Instance);
        var block = new EventBlock(Rig.Schema);
        List<long> ids = [];
        await Eventually.TrueAsync(
            () =>
            {
                while (reader.Poll(TimeSpan.FromMilliseconds(50)) is { } record)
                {
                    EventBlockCodec.Decode(record.Value, Rig.Schema, block);
                    for (var row = 0; row < block.Count; row++)
                    {
                        ids.Add(block.ColumnOf<long>(0)[row]);
                    }
                }

                return ids.Count >= _written;
            },
            TimeSpan.FromSeconds(60),
            () => $"{ids.Count} of {_written}; {string.Join(Environment.NewLine, _members.Select(m => m.Connector.Status))}");
        Assert.Equal(Enumerable.Range(1, _written).Select(n => (long)n), ids);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_members.Select(m => m.Run));
        foreach (var proxy in _zooKeeper)
        {
            await proxy.DisposeAsync();
        }

        foreach (var proxy in Kafka)
        {
            proxy.Heal();
        }

        _stop.Dispose();
        _folder.Dispose();
    }
}

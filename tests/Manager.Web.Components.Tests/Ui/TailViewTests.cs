using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Bunit;
using Lockstep.Manager.Web.Ui.Tail;
using Lockstep.TestKit;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>The view sends rows to its module on a clock, resumes by offset, and stops with its page.</summary>
public sealed class TailViewTests : ConsoleContext
{
    private readonly List<(long? Offset, int Newest)> _opened = [];
    private readonly BunitJSModuleInterop _view;
    private Channel<TailBatch> _rows = Channel.CreateUnbounded<TailBatch>();

    public TailViewTests()
    {
        var module = JSInterop.SetupModule("./_content/Lockstep.Assets/js/tail.js");
        module.Mode = JSRuntimeMode.Loose;
        _view = module.SetupModule("open", _ => true);
        _view.Mode = JSRuntimeMode.Loose;
    }

    [Fact]
    public async Task Rows_of_many_batches_go_to_the_browser_in_one_call_a_tick()
    {
        var tail = RenderTail();
        for (var i = 0; i < 50; i++)
        {
            Write(i * 4, 4);
        }

        await TickUntilAsync(() => Sent().Count == 200);
        var calls = _view.Invocations["append"].Count;

        Assert.InRange(calls, 1, 3);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => (long)i), Sent().Select(e => e.Number));
        Assert.Contains("buffer 200 of 10,000", tail.Find(".ls-tail-status").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_tail_says_why_and_goes_on_where_it_was_without_a_repeat()
    {
        var tail = RenderTail();
        Write(0, 10);
        await TickUntilAsync(() => Sent().Count == 10);
        _rows.Writer.Complete(new InvalidOperationException("Broker away."));
        await Eventually.TrueAsync(() => tail.Markup.Contains("Broker away.", StringComparison.Ordinal));

        _rows = Channel.CreateUnbounded<TailBatch>();
        await tail.Find("[role=alert] button").ClickAsync(new());
        Write(9, 3);
        await TickUntilAsync(() => Sent().Count == 12);

        Assert.Equal([(null, 200), (9L, 200)], _opened);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), Sent().Select(e => e.Number));
        Assert.Empty(tail.FindAll("[role=alert]"));
    }

    [Fact]
    public async Task Pause_holds_rows_back_and_says_how_many()
    {
        var tail = RenderTail();
        Write(0, 10);
        await TickUntilAsync(() => Sent().Count == 10);
        await tail.Find("[data-tail-pause]").ClickAsync(new());
        Write(10, 30);

        await TickUntilAsync(() => tail.Markup.Contains("30 rows held back", StringComparison.Ordinal));
        Assert.Equal(10, Sent().Count);

        await tail.Find(".ls-tail-note button").ClickAsync(new());
        await TickUntilAsync(() => Sent().Count == 40);
    }

    [Fact]
    public async Task Nothing_is_sent_after_disposal()
    {
        RenderTail();
        Write(0, 10);
        await TickUntilAsync(() => Sent().Count == 10);

        await DisposeComponentsAsync();
        Write(10, 10);
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(10, Sent().Count);
    }

    [Fact]
    public async Task A_hidden_tab_is_sent_nothing_until_it_is_shown()
    {
        RenderTail();
        Browser.Hide(true);
        Write(0, 10);
        Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Empty(Sent());

        Browser.Hide(false);
        await TickUntilAsync(() => Sent().Count == 10);
    }

    private IRenderedComponent<TailView> RenderTail() => Render<TailView>(p => p
        .Add(t => t.Subject, "demo").Add(t => t.Source, ReadAsync).Add(t => t.Command, "curl -N …"));

    private void Write(long first, int count) => _rows.Writer.TryWrite(new TailBatch(
        [.. Enumerable.Range(0, count).Select(i => Samples.Row(first + i))], 0, first + count - 1));

    private List<TailEntry> Sent() => [.. _view.Invocations["append"].ToList()
        .SelectMany(call => (IReadOnlyList<TailEntry>)call.Arguments[0]!).Where(e => e.Kind == "r")];

    private Task TickUntilAsync(Func<bool> look) => Eventually.TrueAsync(() =>
    {
        Time.Advance(TimeSpan.FromMilliseconds(250));
        return look();
    });

    private async IAsyncEnumerable<TailBatch> ReadAsync(
        long? offset, int newest, [EnumeratorCancellation] CancellationToken stop)
    {
        _opened.Add((offset, newest));
        await foreach (var batch in _rows.Reader.ReadAllAsync(stop))
        {
            yield return batch;
        }
    }
}

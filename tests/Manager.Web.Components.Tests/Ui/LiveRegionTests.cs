using Lockstep.Manager.Web.Ui.Live;
using Lockstep.TestKit;
using Microsoft.AspNetCore.Components.Rendering;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>Draws on a clock and not on events; with fake time, and counting the draws.</summary>
public sealed class LiveRegionTests : ConsoleContext
{
    [Fact]
    public async Task A_thousand_changes_within_a_second_make_at_most_five_draws()
    {
        var region = Render<Counter>();
        var source = region.Instance.Source;

        for (var i = 0; i < 1_000; i++)
        {
            source.Change();
            Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => region.Markup == "1000", state: () => region.Markup);
        Assert.InRange(region.RenderCount, 2, 6);
    }

    [Fact]
    public void A_change_that_moves_no_version_draws_nothing()
    {
        var region = Render<Counter>();

        region.Instance.Source.Raise();
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, region.RenderCount);
    }

    [Fact]
    public async Task A_hidden_tab_draws_nothing_and_catches_up_when_it_is_shown()
    {
        var region = Render<Counter>();
        Browser.Hide(true);
        region.Instance.Source.Change();
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, region.RenderCount);

        Browser.Hide(false);
        Time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.TrueAsync(() => region.Markup == "1", state: () => region.Markup);
    }

    [Fact]
    public async Task Nothing_is_drawn_after_disposal()
    {
        var region = Render<Counter>();
        var source = region.Instance.Source;
        source.Change();

        await DisposeComponentsAsync();
        var before = region.RenderCount;
        source.Change();
        Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(0, source.Subscribers);
        Assert.Equal(before, region.RenderCount);
    }

    private sealed class Counter : LiveRegion
    {
        public Source Source { get; } = new();

        protected override long Version => Source.Count;

        protected override IDisposable Subscribe(Action changed) => Source.Subscribe(changed);

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, Source.Count);
    }

    private sealed class Source
    {
        private Action? _changed;

        public long Count { get; private set; }

        public int Subscribers => _changed?.GetInvocationList().Length ?? 0;

        public void Change()
        {
            Count++;
            Raise();
        }

        public void Raise() => _changed?.Invoke();

        public End Subscribe(Action changed)
        {
            _changed += changed;
            return new End(() => _changed -= changed);
        }
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}

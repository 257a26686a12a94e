using Microsoft.JSInterop;

namespace Lockstep.Manager.Web.Ui;

/// <summary>
/// What one browser tab has told about itself: theme, width, visibility. One for each circuit; written by frame.js, kept in
/// the browser's own storage, and therefore never worth more than the tab.
/// </summary>
public sealed class BrowserState
{
    /// <summary>The tab has been hidden or shown again.</summary>
    public event Action? VisibilityChanged;

    /// <summary>Theme or width has changed.</summary>
    public event Action? AppearanceChanged;

    /// <summary>The tab is in the background: nothing is drawn for it.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>True for the dark palette.</summary>
    public bool IsDark { get; private set; }

    /// <summary>Narrower than 720 px: tables instead of pictures.</summary>
    public bool IsNarrow { get; private set; }

    /// <summary>The first answer of the browser has come.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>frame.js: how the page looks now.</summary>
    /// <param name="isDark">Chosen theme, or the system's when none was chosen.</param>
    /// <param name="isNarrow">Narrower than 720 px.</param>
    [JSInvokable]
    public void Appear(bool isDark, bool isNarrow)
    {
        if (IsKnown && isDark == IsDark && isNarrow == IsNarrow)
        {
            return;
        }

        (IsKnown, IsDark, IsNarrow) = (true, isDark, isNarrow);
        AppearanceChanged?.Invoke();
    }

    /// <summary>frame.js: the tab went to the background or came back.</summary>
    [JSInvokable]
    public void Hide(bool isHidden)
    {
        if (isHidden == IsHidden)
        {
            return;
        }

        IsHidden = isHidden;
        VisibilityChanged?.Invoke();
    }
}

using MudBlazor;

namespace Lockstep.Manager.Web.Ui.Theme;

/// <summary>
/// The one source of the console's colours, light and dark. MudThemeProvider turns it into CSS variables; tokens.css gives
/// them the console's own names. Every text pair is over 4.5:1 against its surface, every graphic over 3:1.
/// </summary>
internal static class ConsoleTheme
{
    private static readonly string[] Sans =
        ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "DejaVu Sans", "sans-serif"];

    /// <summary>The theme. Primary: active; tertiary: joining; success: proven; dark: stopped on purpose.</summary>
    public static MudTheme Value { get; } = new()
    {
        PaletteLight = Light(),
        PaletteDark = Dark(),
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, FontSize = "14px", LineHeight = "20px", LetterSpacing = "0" },
            Button = new ButtonTypography { FontSize = "13px", FontWeight = "600", LetterSpacing = "0", TextTransform = "none" },
        },
    };

    private static PaletteLight Light() => new()
    {
        Primary = "#1D5FBF",
        PrimaryContrastText = "#FFFFFF",
        Tertiary = "#6A3FB5",
        TertiaryContrastText = "#FFFFFF",
        Warning = "#FFB627",
        WarningContrastText = "#17202B",
        WarningDarken = "#8A5300",
        Error = "#B3261E",
        ErrorContrastText = "#FFFFFF",
        Success = "#1A7A3A",
        SuccessContrastText = "#FFFFFF",
        Dark = "#5B6776",
        DarkContrastText = "#FFFFFF",
        Surface = "#FFFFFF",
        Background = "#F6F8FB",
        BackgroundGray = "#EDF1F6",
        AppbarBackground = "#FFFFFF",
        AppbarText = "#17202B",
        DrawerBackground = "#FFFFFF",
        DrawerText = "#17202B",
        TextPrimary = "#17202B",
        TextSecondary = "#566373",
        TextDisabled = "#566373",
        ActionDefault = "#17202B",
        ActionDisabled = "#6B7886",
        LinesDefault = "#D5DCE5",
        LinesInputs = "#8793A1",
        Divider = "#D5DCE5",
        TableLines = "#D5DCE5",
    };

    private static PaletteDark Dark() => new()
    {
        Primary = "#7FB3FF",
        PrimaryContrastText = "#0F141A",
        Tertiary = "#C3A6FF",
        TertiaryContrastText = "#0F141A",
        Warning = "#FFC45C",
        WarningContrastText = "#17202B",
        WarningDarken = "#FFC45C",
        Error = "#FF8F86",
        ErrorContrastText = "#0F141A",
        Success = "#72D391",
        SuccessContrastText = "#0F141A",
        Dark = "#9BA9B9",
        DarkContrastText = "#0F141A",
        Surface = "#19212B",
        Background = "#0F141A",
        BackgroundGray = "#141B23",
        AppbarBackground = "#19212B",
        AppbarText = "#E8EDF3",
        DrawerBackground = "#19212B",
        DrawerText = "#E8EDF3",
        TextPrimary = "#E8EDF3",
        TextSecondary = "#A3B0BF",
        TextDisabled = "#A3B0BF",
        ActionDefault = "#E8EDF3",
        ActionDisabled = "#7F8C9B",
        LinesDefault = "#2E3946",
        LinesInputs = "#6B7886",
        Divider = "#2E3946",
        TableLines = "#2E3946",
    };
}

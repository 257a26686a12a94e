using Lockstep.Manager.Web.Ui;

namespace Lockstep.Manager.Web.Components.Tests.Ui;

/// <summary>The browser's languages, in its order, whatever the region.</summary>
public sealed class LanguageTests
{
    [Theory]
    [InlineData("", "en")]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "de")]
    [InlineData("fr-FR,fr;q=0.9,de;q=0.5", "de")]
    [InlineData("fr", "en")]
    [InlineData("en-GB", "en")]
    public void The_first_language_that_the_console_speaks_is_taken(string header, string language) =>
        Assert.Equal(language, ConsoleUi.LanguageOf(header));
}

namespace Lockstep.Manager.Web.Ui.Resources;

/// <summary>Names the resource file of all texts of the console (Texts.resx, Texts.de.resx).</summary>
public sealed class Texts;

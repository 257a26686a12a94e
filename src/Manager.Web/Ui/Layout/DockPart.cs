namespace Lockstep.Manager.Web.Ui.Layout;

/// <summary>A component that a feature docks at the bottom of every page, so that the frame need not know the feature.</summary>
/// <param name="Component">Its type; it takes no parameters.</param>
public sealed record DockPart(Type Component);

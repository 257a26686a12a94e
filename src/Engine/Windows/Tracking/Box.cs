namespace Lockstep.Engine.Windows.Tracking;

/// <summary>A rectangle: its left and upper edge and its size.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double CenterX => X + (Width / 2);

    public double CenterY => Y + (Height / 2);

    /// <summary>The share that two boxes have in common of what they cover together, 0 to 1.</summary>
    public double Overlap(Box other)
    {
        var width = Math.Min(X + Width, other.X + other.Width) - Math.Max(X, other.X);
        var height = Math.Min(Y + Height, other.Y + other.Height) - Math.Max(Y, other.Y);
        var common = width > 0 && height > 0 ? width * height : 0;
        var all = (Width * Height) + (other.Width * other.Height) - common;
        return all > 0 ? common / all : 0;
    }
}

/// <summary>An object found in a frame.</summary>
internal readonly record struct Detection(Box Box, double Score, string? Label);

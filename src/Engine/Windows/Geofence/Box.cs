namespace Lockstep.Engine.Windows.Geofence;

/// <summary>A rectangle in the units of coordinates; its borders belong to it.</summary>
internal readonly record struct Box(double Left, double Bottom, double Right, double Top)
{
    public Box Include(double x, double y) => new(Math.Min(Left, x), Math.Min(Bottom, y), Math.Max(Right, x), Math.Max(Top, y));

    public bool Contains(double x, double y) => x >= Left && x <= Right && y >= Bottom && y <= Top;
}

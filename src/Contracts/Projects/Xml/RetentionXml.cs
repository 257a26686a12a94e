using System.Globalization;

namespace Lockstep.Contracts.Projects.Xml;

/// <summary>Reads a retention element.</summary>
internal static class RetentionXml
{
    /// <summary>The retention; null when there is none or it is wrong (reported).</summary>
    public static RetentionDefinition? Read(ModelElement window, ReadScope scope, string path)
    {
        if (window.Child("retention") is not { } element)
        {
            return null;
        }

        scope.WarnUnknownAttributes(element, path, "type", "field", "unit");
        var type = scope.Required(element, "type", path).ToLowerInvariant();
        RetentionKind? kind = type switch
        {
            "bycount_sliding" => RetentionKind.ByCountSliding,
            "bycount_jumping" => RetentionKind.ByCountJumping,
            "bytime_sliding" => RetentionKind.ByTimeSliding,
            "bytime_jumping" => RetentionKind.ByTimeJumping,
            "bytime_jumping_lookback" => RetentionKind.ByTimeJumpingLookback,
            _ => null,
        };
        var limit = scope.Text(element, path);
        if (kind is null)
        {
            scope.Error(ProblemCode.InvalidRetention, path, element.Position,
                $"Retention type '{type}' is not supported; supported are bycount_sliding, bycount_jumping, "
                + "bytime_sliding, bytime_jumping, bytime_jumping_lookback.");
            return null;
        }

        var field = scope.Attribute(element, "field", path) is { Length: > 0 } name ? name : null;
        if (kind is RetentionKind.ByCountSliding or RetentionKind.ByCountJumping)
        {
            if (long.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
            {
                return new RetentionDefinition(kind.Value, count, TimeSpan.Zero, null, element.Position);
            }

            scope.Error(ProblemCode.InvalidRetention, path, element.TextPosition, $"Retention by count needs a number of rows, not '{limit}'.");
            return null;
        }

        if (DurationText.TryParse(limit, out var duration) && duration > TimeSpan.Zero)
        {
            return new RetentionDefinition(kind.Value, 0, duration, field, element.Position)
            {
                Unit = kind == RetentionKind.ByTimeJumpingLookback ? ReadUnit(element, duration, scope, path) : TimeSpan.Zero,
            };
        }

        scope.Error(ProblemCode.InvalidRetention, path, element.TextPosition,
            $"Retention by time needs a time such as '30 minutes' or '5 seconds', not '{limit}'.");
        return null;
    }

    /// <summary>A unit alone (hour) or with a number (2 hours); the limit itself when there is none.</summary>
    private static TimeSpan ReadUnit(ModelElement element, TimeSpan limit, ReadScope scope, string path)
    {
        var text = scope.Attribute(element, "unit", path) ?? "";
        if (text.Length == 0)
        {
            return limit;
        }

        if ((DurationText.TryParse(text, out var unit) || DurationText.TryParse($"1 {text}", out unit)) && unit > TimeSpan.Zero)
        {
            return unit;
        }

        scope.Error(ProblemCode.InvalidRetention, path, element.Position, $"Retention unit '{text}' is not a time such as 'hour' or '5 minutes'.");
        return limit;
    }
}

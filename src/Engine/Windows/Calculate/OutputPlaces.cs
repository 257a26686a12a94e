namespace Lockstep.Engine.Windows.Calculate;

/// <summary>Fields, or items of array fields, that take the values of an output role one after the other.</summary>
/// <param name="Places">The places in order; Last is null for a field that is no array, and for an array that takes all that is left.</param>
internal sealed record OutputPlaces(OutputPlace[] Places);

/// <summary>One of them.</summary>
/// <param name="Field">Index of the field in the output schema.</param>
/// <param name="IsArray">It is an array.</param>
/// <param name="First">First item of the array, from 0.</param>
/// <param name="Last">Last item; null for all that is left.</param>
internal readonly record struct OutputPlace(int Field, bool IsArray, int First, int? Last);

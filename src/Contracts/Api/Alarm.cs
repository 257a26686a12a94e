namespace Lockstep.Contracts.Api;

/// <summary>Something that a person should look at although the member goes on.</summary>
/// <param name="Code">Stable code, see <see cref="AlarmCode"/>.</param>
/// <param name="Message">What, where, and what to do.</param>
/// <param name="Since">When it was first seen in this process.</param>
public sealed record Alarm(string Code, string Message, DateTimeOffset Since);

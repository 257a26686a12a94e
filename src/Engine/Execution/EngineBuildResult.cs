using System.Collections.Immutable;
using Lockstep.Contracts.Projects;

namespace Lockstep.Engine.Execution;

/// <summary>What building an engine gave: an engine, or all the errors that prevent it.</summary>
/// <param name="Engine">The engine; null when a problem is an error.</param>
/// <param name="Problems">Errors and warnings in document order.</param>
public sealed record EngineBuildResult(ProjectEngine? Engine, ImmutableArray<Problem> Problems);

namespace Lockstep.TestKit.Proxies;

/// <summary>Which half of a request is meant.</summary>
public enum FrameSide
{
    /// <summary>The request, on its way to the broker: the broker has not heard of it.</summary>
    Request,

    /// <summary>Its answer, on its way back: done, and the client does not know.</summary>
    Answer,
}

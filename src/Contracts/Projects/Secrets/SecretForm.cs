namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>Which part of a text is secret.</summary>
public enum SecretForm
{
    /// <summary>None but passwords in addresses, which are secret wherever they stand.</summary>
    Open,

    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Values of passwords and the like in <c>name=value;name=value</c>, as in connect strings and settings of clients.</summary>
    Settings,

    /// <summary>Values of the headers that let somebody in, in <c>Name: value;Name: value</c>.</summary>
    Headers,

    /// <summary>Values of passwords and the like in the command of an adapter, <c>-C name=value,name=value</c>.</summary>
    Command,

    /// <summary>The secret parts of a document that is the text.</summary>
    Document,
}

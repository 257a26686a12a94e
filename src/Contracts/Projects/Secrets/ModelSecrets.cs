using System.Text;
using Lockstep.Contracts.Projects.Xml;

namespace Lockstep.Contracts.Projects.Secrets;

/// <summary>Hides what is secret in a model's text, and tells what stands there in clear text.</summary>
public static class ModelSecrets
{
    /// <summary>What stands in place of a secret. A model that holds it is refused: it would take the place of the true one.</summary>
    public const string Mask = "****hidden****";

    /// <summary>
    /// The text of a model with the mask in place of each secret: what the definitions mark (<see cref="SecretTable"/>), passwords in
    /// addresses, and the project's values of tokens that stand for them. All else, tokens too, is as it was, line by line.
    /// </summary>
    /// <param name="xml">The model.</param>
    /// <returns>The text to show; the same one when nothing is secret.</returns>
    /// <exception cref="FormatException">The text is no document, so what is secret in it is not known.</exception>
    public static string Hide(string xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        var text = xml.TrimStart('\uFEFF');
        var places = SecretFinder.In(Load(text)).FindAll(p => p.Literals.Any());
        if (places.Count == 0)
        {
            return xml;
        }

        var hidden = new StringBuilder(text);
        foreach (var (where, _, isFirst) in RawParts(text, places).Where(p => p.IsLiteral).OrderByDescending(p => p.Where.Start.Value).ToList())
        {
            var (start, length) = where.GetOffsetAndLength(text.Length);
            hidden.Remove(start, length).Insert(start, isFirst ? Mask : "");
        }

        var shown = hidden.ToString();
        return SecretFinder.In(Load(shown)).Exists(p => p.Literals.Any())
            ? throw new FormatException("What is secret in the model could not be hidden.")
            : shown;
    }

    /// <summary>What a model's reader says: a warning for each secret in clear text, an error for each mask.</summary>
    internal static IEnumerable<Problem> ProblemsOf(ModelElement root, List<SecretPlace> secrets)
    {
        foreach (var position in SecretFinder.HiddenIn(root))
        {
            yield return new Problem(ProblemSeverity.Error, ProblemCode.HiddenSecret, "", position,
                $"Here stands '{Mask}' in place of a secret: this text was made to be looked at. Take the model with its secrets "
                + "(GET .../model?secrets=true), change that, and publish it.");
        }

        foreach (var place in secrets.Where(p => p.Literals.Any()))
        {
            yield return new Problem(ProblemSeverity.Warning, ProblemCode.LiteralSecret, "", place.Position,
                $"The {place.What} holds a secret in clear text, which everybody sees who has the model. Write a token such as @PASSWORD@ "
                + "in its place, and give its value with the deployment.");
        }
    }

    /// <summary>Where the secret parts stand in the text itself, as it is written.</summary>
    internal static IEnumerable<(Range Where, bool IsLiteral, bool IsFirst)> RawParts(string text, IReadOnlyCollection<SecretPlace> places) =>
        places.Count == 0 ? [] : new RawText(text).PartsOf(places);

    private static ModelElement Load(string text) => ModelDocument.Load(text, out var problem)
        ?? throw new FormatException(problem?.Message ?? "The text is no model.");
}

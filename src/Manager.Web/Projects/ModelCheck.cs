using System.Xml;
using Lockstep.Contracts.Api;

namespace Lockstep.Manager.Web.Projects;

/// <summary>Finds everything wrong with a model.</summary>
internal static class ModelCheck
{
    /// <summary>All problems of the model, in document order; empty for a sound one.</summary>
    /// <param name="model">The XML; a DTD is refused and nothing outside of it is read.</param>
    public static IReadOnlyList<ProblemResource> ProblemsOf(string model)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new StringReader(model), settings);
            while (reader.Read())
            {
            }

            return [];
        }
        catch (XmlException wrong)
        {
            return [new ProblemResource("error", "LS1000", "", wrong.LineNumber, wrong.LinePosition, wrong.Message)];
        }
    }
}

using Lockstep.Engine.Models;
using Microsoft.ML.OnnxRuntime;

namespace Lockstep.Onnx;

/// <summary>
/// Runs ONNX models on the processor, one thread, operator after operator in a fixed order: the same numbers in each run and on each machine
/// of one kind (docs/adr/0016). The native library is loaded with the first model.
/// </summary>
public sealed class OnnxModelRuntime : IModelRuntime
{
    /// <summary>How long a model may compute for an event: far longer than any should, as an event that takes longer ends the member.</summary>
    public static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _limit;

    /// <summary>With the limit of 60 s.</summary>
    public OnnxModelRuntime()
        : this(DefaultLimit)
    {
    }

    /// <summary>With another limit for an event.</summary>
    public OnnxModelRuntime(TimeSpan limit) => _limit = limit;

    /// <inheritdoc/>
    public string ModelType => "onnx";

    /// <inheritdoc/>
    public IFileModel Load(byte[] content)
    {
        OnnxContent.Check(content);
        try
        {
            using var options = new SessionOptions
            {
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = 1,
                InterOpNumThreads = 1,
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            return new OnnxModel(new InferenceSession(content, options), _limit);
        }
        catch (OnnxRuntimeException refused)
        {
            throw new ModelException(Sentence(refused), refused);
        }
        catch (Exception missing) when (missing is DllNotFoundException or BadImageFormatException
            || missing is TypeInitializationException { InnerException: DllNotFoundException or BadImageFormatException })
        {
            throw new ModelException("the native library of ONNX Runtime is not there for this kind of machine.", missing);
        }
    }

    /// <summary>What the library says, as the end of a sentence.</summary>
    internal static string Sentence(OnnxRuntimeException error) => $"{error.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.')}.";
}

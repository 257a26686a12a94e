using Lockstep.Kafka;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Lockstep.Manager.Web.Api;

/// <summary>What no endpoint has handled: a broken request, a bus out of reach, or a defect.</summary>
internal sealed partial class UnexpectedErrors(IProblemDetailsService problems, ILogger<UnexpectedErrors> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(
        HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, code, detail) = exception switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "malformedRequest", bad.Message),
            KafkaFaultException bus => (StatusCodes.Status503ServiceUnavailable, "busOutOfReach", bus.Message),
            OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested =>
                (StatusCodes.Status499ClientClosedRequest, "aborted", "The caller has gone."),
            _ => (StatusCodes.Status500InternalServerError, "defect", "Something unexpected happened; the log has it under the trace id."),
        };
        if (status == StatusCodes.Status500InternalServerError)
        {
            LogDefect(logger, exception, httpContext.Request.Method, httpContext.Request.Path);
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails
            {
                Status = status,
                Type = Refusals.TypePrefix + code,
                Title = "The request failed.",
                Detail = detail,
                Extensions = { ["code"] = code },
            },
        });
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogDefect(ILogger logger, Exception exception, string method, string path);
}

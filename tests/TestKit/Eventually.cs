using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Lockstep.TestKit;

/// <summary>Waits until something that happens elsewhere has happened; on failure tells the last state seen.</summary>
public static class Eventually
{
    /// <summary>How long a wait lasts when the caller says nothing; generous, as a loaded machine is slow.</summary>
    public static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Looks at <paramref name="look"/> until it gives true.</summary>
    /// <param name="look">What is waited for.</param>
    /// <param name="deadline">How long to look; 30 s when not given.</param>
    /// <param name="state">Describes the state for the failure message.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <exception cref="TimeoutException">It did not come true; the message has the last state.</exception>
    public static Task TrueAsync(
        Func<bool> look,
        TimeSpan? deadline = null,
        Func<object?>? state = null,
        [CallerArgumentExpression(nameof(look))] string expression = "") =>
        TrueAsync(() => Task.FromResult(look()), deadline, state, expression);

    /// <summary>Looks at <paramref name="look"/> until it gives true.</summary>
    /// <param name="look">What is waited for.</param>
    /// <param name="deadline">How long to look; 30 s when not given.</param>
    /// <param name="state">Describes the state for the failure message.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <exception cref="TimeoutException">It did not come true; the message has the last state.</exception>
    public static async Task TrueAsync(
        Func<Task<bool>> look,
        TimeSpan? deadline = null,
        Func<object?>? state = null,
        [CallerArgumentExpression(nameof(look))] string expression = "")
    {
        TimeSpan limit = deadline ?? DefaultDeadline;
        long start = Stopwatch.GetTimestamp();
        while (!await look())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException(
                    $"Not true within {limit.TotalSeconds} s: {expression}. Last state: {state?.Invoke() ?? "(not told)"}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Reads a value until it meets a condition, and gives it.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="read">Reads it.</param>
    /// <param name="condition">What is waited for.</param>
    /// <param name="deadline">How long to read; 30 s when not given.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <exception cref="TimeoutException">The condition was never met; the message has the last value.</exception>
    public static async Task<T> GetAsync<T>(
        Func<Task<T>> read,
        Func<T, bool> condition,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        T? last = default;
        await TrueAsync(
            async () => condition(last = await read()),
            deadline,
            () => last is System.Collections.IEnumerable and not string
                ? string.Join(", ", ((System.Collections.IEnumerable)last).Cast<object?>())
                : last,
            expression);
        return last!;
    }

    /// <summary>Awaits a task with a deadline.</summary>
    /// <typeparam name="T">Type of its result.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="deadline">How long to wait; 30 s when not given.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <exception cref="TimeoutException">The task did not end.</exception>
    public static async Task<T> CompletesAsync<T>(
        Task<T> task,
        TimeSpan? deadline = null,
        [CallerArgumentExpression(nameof(task))] string expression = "")
    {
        TimeSpan limit = deadline ?? DefaultDeadline;
        try
        {
            return await task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Did not end within {limit.TotalSeconds} s: {expression}.");
        }
    }
}

import Foundation
import SeqModel
import Testing

@Suite struct ScheduleTests {
    private func schedule(_ shape: LearningRateSchedule.Shape, warmup: Int)
        -> LearningRateSchedule
    {
        var schedule = LearningRateSchedule()
        schedule.peak = 0.5
        schedule.warmupSteps = warmup
        schedule.shape = shape
        schedule.floor = 0.1
        return schedule
    }

    private func close(_ a: Float, _ b: Double) -> Bool { abs(Double(a) - b) < 1e-7 }

    @Test(arguments: LearningRateSchedule.Shape.allCases)
    func risesLinearlyToThePeak(shape: LearningRateSchedule.Shape) {
        let schedule = schedule(shape, warmup: 10)
        for step in 0..<10 {
            #expect(close(schedule.rate(at: step, of: 110), 0.05 * Double(step + 1)))
        }
        #expect(schedule.rate(at: 10, of: 110) == 0.5)
    }

    @Test func constantStays() {
        let schedule = schedule(.constant, warmup: 10)
        for step in [10, 60, 110, 100_000] { #expect(schedule.rate(at: step, of: 110) == 0.5) }
    }

    /// Half way of the cosine the rate is the mean of peak and floor, at the end the floor; it never rises.
    @Test func cosineFallsToTheFloor() {
        let schedule = schedule(.cosine, warmup: 10)
        #expect(close(schedule.rate(at: 35, of: 110), 0.05 + 0.45 * (1 + cos(.pi / 4)) / 2))
        #expect(close(schedule.rate(at: 60, of: 110), 0.275))
        #expect(close(schedule.rate(at: 110, of: 110), 0.05))
        #expect(close(schedule.rate(at: 5000, of: 110), 0.05))
        let rates = (10..<120).map { schedule.rate(at: $0, of: 110) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 })
    }

    @Test func shortRuns() {
        #expect(schedule(.cosine, warmup: 0).rate(at: 0, of: 100) == 0.5)
        #expect(close(schedule(.cosine, warmup: 10).rate(at: 4, of: 5), 0.25))
        #expect(schedule(.cosine, warmup: 0).rate(at: 0, of: 0) == 0.5)
    }

    @Test func valuesAreChecked() {
        #expect(LearningRateSchedule().problems.isEmpty)
        var bad = schedule(.cosine, warmup: -1)
        bad.peak = .nan
        bad.floor = 2
        #expect(bad.problems.count == 3)
    }
}

"""Loyalty: NPS and satisfaction with honest uncertainty, and what drives them."""

from workbench.nps.answer_quality import AnswerQuality, answer_quality
from workbench.nps.by_groups import NpsByGroups, nps_by_groups
from workbench.nps.callback_effect import CallbackEffect, callback_effect
from workbench.nps.callbacks import CallbackStatus, callback_status
from workbench.nps.change import nps_change
from workbench.nps.coding_agreement import CodingAgreement, coding_agreement
from workbench.nps.comments import CodedComments, code_comments
from workbench.nps.comparison import nps_comparison
from workbench.nps.complaints import ComplaintThemes, complaint_themes
from workbench.nps.drivers import Drivers, key_drivers
from workbench.nps.frame_builder import ProposedFrame, propose_frame
from workbench.nps.frame_choice import FrameChoice, choose_frame
from workbench.nps.kano import Kano, kano
from workbench.nps.measures import MEASURES, Figures, Measure, Scored, measures_in
from workbench.nps.mix_effect import MixEffect, mix_effect
from workbench.nps.needs import Needs, ranked_needs, spoken_needs
from workbench.nps.portraits import SpokenPortraits, spoken_portraits
from workbench.nps.posts import PostVoices, post_voices
from workbench.nps.priorities import ImportancePerformance, PenaltyReward, importance_performance, penalty_reward
from workbench.nps.quotes import TypicalQuotes, score_classes, typical_quotes
from workbench.nps.satisfaction import Satisfaction, satisfaction
from workbench.nps.scales import Reliability, scale_reliability
from workbench.nps.score import NetPromoterScore, net_promoter_score
from workbench.nps.scorecard import Scorecard, scorecard
from workbench.nps.sentiment import Sentiment, comment_sentiment
from workbench.nps.spread import spread_test
from workbench.nps.topic_growth import TopicGrowth, TopicScores, topic_growth, topic_scores
from workbench.nps.topic_tone import TopicTone, topic_tone
from workbench.nps.topics import CommentTopics, comment_topics
from workbench.nps.verbatims import Verbatims, verbatims
from workbench.nps.word_of_mouth import WordOfMouth, word_of_mouth
from workbench.nps.worth import DriverWorth, driver_worth

__all__ = [
    "MEASURES",
    "AnswerQuality",
    "CallbackEffect",
    "CallbackStatus",
    "CodedComments",
    "CodingAgreement",
    "CommentTopics",
    "ComplaintThemes",
    "DriverWorth",
    "Drivers",
    "Figures",
    "FrameChoice",
    "ImportancePerformance",
    "Kano",
    "Measure",
    "MixEffect",
    "Needs",
    "NetPromoterScore",
    "NpsByGroups",
    "PenaltyReward",
    "PostVoices",
    "ProposedFrame",
    "Reliability",
    "Satisfaction",
    "Scorecard",
    "Scored",
    "Sentiment",
    "SpokenPortraits",
    "TopicGrowth",
    "TopicScores",
    "TopicTone",
    "TypicalQuotes",
    "Verbatims",
    "WordOfMouth",
    "answer_quality",
    "callback_effect",
    "callback_status",
    "choose_frame",
    "code_comments",
    "coding_agreement",
    "comment_sentiment",
    "comment_topics",
    "complaint_themes",
    "driver_worth",
    "importance_performance",
    "kano",
    "key_drivers",
    "measures_in",
    "mix_effect",
    "net_promoter_score",
    "nps_by_groups",
    "nps_change",
    "nps_comparison",
    "penalty_reward",
    "post_voices",
    "propose_frame",
    "ranked_needs",
    "satisfaction",
    "scale_reliability",
    "score_classes",
    "scorecard",
    "spoken_needs",
    "spoken_portraits",
    "spread_test",
    "topic_growth",
    "topic_scores",
    "topic_tone",
    "typical_quotes",
    "verbatims",
    "word_of_mouth",
]
